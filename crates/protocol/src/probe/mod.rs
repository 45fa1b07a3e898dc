//! Finding out what one origin serves: the questions that may be asked, their answers, and the ladder
//! of questions from the best to the last.

mod access;
mod answer;
mod evidence;
mod found;
mod ladder;
mod request;

pub use access::Access;
pub use answer::{Answer, Body, Failure};
pub use found::{Found, Rung, Step};
pub use ladder::Ladder;
pub use request::{Mode, Probe, Purpose};
