//! The lock and the channel that the tabs of one page share (Web Locks, `BroadcastChannel`).
//!
//! A lock is held by a promise that has not settled yet; a crash lets go of it, which is why the tabs elect
//! their leader with one. Where the browser lacks either, each tab is on its own.

use crate::convert::{self, member, set};
use js_sys::{Function, Object, Promise};
use landfall_protocol::catalog::MAX_BYTES;
use landfall_protocol::json::{Json, MAX_DEPTH, Text};
use landfall_protocol::resolver::{Input, Lock, Message};
use landfall_protocol::snapshot::Snapshot;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

/// The largest message, in bytes: a snapshot says of each endpoint what it is, and again what each of its names means.
const MAX_MESSAGE: usize = 4 * MAX_BYTES;

#[wasm_bindgen]
extern "C" {
    type BroadcastChannel;

    #[wasm_bindgen(constructor, catch)]
    fn new(name: &str) -> Result<BroadcastChannel, JsValue>;

    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &BroadcastChannel, listener: &Function);

    #[wasm_bindgen(method, catch, js_name = postMessage)]
    fn post(this: &BroadcastChannel, message: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method)]
    fn close(this: &BroadcastChannel);

    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &JsValue,
        granted: &Function,
    ) -> Result<Promise, JsValue>;
}

/// How the lock is asked for.
#[derive(Clone, Copy)]
enum Ask {
    /// Now or not at all: tells at once whether another tab leads.
    IfAvailable,
    /// In turn.
    InTurn,
    /// Taken away from whoever has it.
    Steal,
}

/// The lock and the channel of one tab; dropped, it lets go of both.
pub(crate) struct Tabs {
    shared: Rc<Shared>,
    channel: BroadcastChannel,
    _listener: Closure<dyn Fn(JsValue)>,
}

struct Shared {
    name: String,
    locks: LockManager,
    report: Box<dyn Fn(Input<Text>)>,
    /// Ends the promise that holds the lock.
    release: RefCell<Option<Function>>,
    /// Takes this tab out of the queue.
    queued: RefCell<Option<AbortController>>,
    /// Which request counts: the answers of earlier ones are nobody's.
    turn: Cell<u32>,
}

impl Tabs {
    /// Asks for the lock and listens to the channel of `name`; `None` where the browser has no such thing.
    pub(crate) fn join(
        name: &str,
        locks: Option<JsValue>,
        report: impl Fn(Input<Text>) + 'static,
    ) -> Option<Self> {
        let locks = locks?;
        let mut full = String::from("landfall:");
        full.push_str(name);
        let channel = BroadcastChannel::new(&full).ok()?;
        let shared = Rc::new(Shared {
            name: full,
            locks: locks.unchecked_into(),
            report: Box::new(report),
            release: RefCell::default(),
            queued: RefCell::default(),
            turn: Cell::new(0),
        });
        let heard = Rc::clone(&shared);
        let listener = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            let data = member(&event, "data").and_then(|it| it.as_string());
            let json =
                data.and_then(|text| convert::parse_within(&text, MAX_MESSAGE, MAX_DEPTH + 1).ok());
            if let Some(message) = json.and_then(|it| convert::message(it.node())) {
                (heard.report)(Input::Heard(message));
            }
        });
        channel.set_onmessage(listener.as_ref().unchecked_ref());
        ask(&shared, Ask::IfAvailable);
        Some(Self {
            shared,
            channel,
            _listener: listener,
        })
    }

    /// Takes the lock away from the tab that holds it.
    pub(crate) fn steal(&self) {
        if let Some(queued) = self.shared.queued.take() {
            queued.abort();
        }
        ask(&self.shared, Ask::Steal);
    }

    /// Tells the other tabs.
    pub(crate) fn post(&self, message: &Message<Rc<Snapshot<Text>>>) {
        // A channel that was closed meanwhile tells nobody; the others have the network.
        let text = convert::message_to_text(message);
        let _ = self.channel.post(&text.as_str().into());
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        self.channel.close();
        self.shared.turn.set(self.shared.turn.get() + 1);
        if let Some(queued) = self.shared.queued.take() {
            queued.abort();
        }
        self.shared.let_go();
    }
}

impl Shared {
    fn let_go(&self) {
        if let Some(release) = self.release.take() {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

fn ask(shared: &Rc<Shared>, how: Ask) {
    let turn = shared.turn.get() + 1;
    shared.turn.set(turn);
    let options = Object::new();
    match how {
        Ask::IfAvailable => set(&options, "ifAvailable", &JsValue::TRUE),
        Ask::Steal => set(&options, "steal", &JsValue::TRUE),
        Ask::InTurn => {
            let controller = AbortController::new().ok();
            if let Some(controller) = &controller {
                set(&options, "signal", &controller.signal());
            }
            shared.queued.replace(controller);
        }
    }
    let holder = Rc::clone(shared);
    let granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        if holder.turn.get() != turn {
            // The page has left meanwhile: the lock goes on to the next one.
            return JsValue::UNDEFINED;
        }
        if lock.is_null() {
            (holder.report)(Input::Lock(Lock::Taken));
            ask(&holder, Ask::InTurn);
            return JsValue::UNDEFINED;
        }
        holder.queued.take();
        let held = Promise::new(&mut |resolve, _| drop(holder.release.replace(Some(resolve))));
        (holder.report)(Input::Lock(Lock::Granted));
        held.into()
    });
    match shared
        .locks
        .request(&shared.name, &options, granted.unchecked_ref())
    {
        Ok(outcome) => {
            let shared = Rc::clone(shared);
            spawn_local(async move {
                if JsFuture::from(outcome).await.is_ok() || shared.turn.get() != turn {
                    return;
                }
                if shared.release.take().is_some() {
                    // Another tab took away what this one held.
                    (shared.report)(Input::Lock(Lock::Taken));
                    ask(&shared, Ask::InTurn);
                } else {
                    // Documents without an origin of their own (sandboxed ones) are denied every lock.
                    (shared.report)(Input::Lock(Lock::Unsupported));
                }
            });
        }
        Err(_) => (shared.report)(Input::Lock(Lock::Unsupported)),
    }
}
