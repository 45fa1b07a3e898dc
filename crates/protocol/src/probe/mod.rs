//! Finding out what one origin serves: the questions that may be asked, their answers, and the ladder
//! of questions from the best to the last.

mod answer;
mod evidence;
mod ladder;
mod request;

pub use answer::{Answer, Body, Failure};
pub use ladder::{Found, Ladder, Rung, Step};
pub use request::{Mode, Probe, Purpose};
