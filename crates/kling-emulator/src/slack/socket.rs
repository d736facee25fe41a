//! Socket mode: tickets, connections, and the tricks tests play on them.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

pub(crate) mod line;

/// The most connections of one app.
const CONNECTIONS: usize = 10;

/// How long a ticket can be used.
const TICKET_MS: u64 = 30_000;

/// Something a test does to the sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SocketAct {
    /// Tells every client that its connection ends in ten seconds of the world's time, and ends it then.
    Warning,
    /// Asks every client to reconnect, and closes.
    Refresh,
    /// Says that socket mode was switched off, and closes.
    LinkDisabled,
    /// Says that there are too many connections, and closes.
    TooManyWebsockets,
    /// Closes every connection with this code.
    Close {
        /// The close code.
        code: u16,
    },
    /// Drops every connection without a word.
    Drop,
    /// While on: connections stay open, but nothing is sent any more and no acknowledgement is heard.
    Deaf {
        /// On or off.
        on: bool,
    },
    /// While on: nobody can connect, and those who were are dropped.
    Outage {
        /// On or off.
        on: bool,
    },
}

/// What a connection is told to do.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    Send(String),
    /// Warn, wait ten seconds, refresh.
    Warn,
    /// Say why, then close.
    Farewell(&'static str),
    Close(u16),
    Drop,
}

/// A connection.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) orders: mpsc::UnboundedSender<Order>,
    /// Whether it is about to close and gets nothing more.
    leaving: bool,
}

/// An envelope that is not acknowledged yet.
#[derive(Debug)]
struct Pending {
    line: u64,
    answer: oneshot::Sender<Option<Value>>,
}

/// What a ticket is good for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    made_ms: u64,
}

/// What there is of connections.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    lines: Vec<Line>,
    next_line: u64,
    turn: usize,
    tickets: BTreeMap<String, Ticket>,
    pending: HashMap<String, Pending>,
    pub(crate) deaf: bool,
    pub(crate) outage: bool,
}

impl Sockets {
    /// A ticket for one connection.
    pub(crate) fn issue(&mut self, now_ms: u64, secret: String) {
        self.tickets
            .retain(|_, ticket| ticket.made_ms + TICKET_MS > now_ms);
        self.tickets.insert(secret, Ticket { made_ms: now_ms });
    }

    /// Uses a ticket up; whether it was good.
    pub(crate) fn admit(&mut self, now_ms: u64, secret: &str) -> bool {
        let ticket = self.tickets.remove(secret);
        ticket.is_some_and(|ticket| ticket.made_ms + TICKET_MS > now_ms)
    }

    /// Takes a connection in; none when there are too many.
    pub(crate) fn connect(&mut self, orders: mpsc::UnboundedSender<Order>) -> Option<Line> {
        if self.lines.len() >= CONNECTIONS {
            return None;
        }
        self.next_line += 1;
        let line = Line {
            number: self.next_line,
            orders,
            leaving: false,
        };
        self.lines.push(line.clone());
        Some(line)
    }

    /// A connection has ended, and with it what it had not acknowledged.
    pub(crate) fn disconnect(&mut self, number: u64) {
        self.lines.retain(|line| line.number != number);
        self.pending.retain(|_, pending| pending.line != number);
    }

    /// A connection is about to close.
    pub(crate) fn leave(&mut self, number: u64) {
        for line in self.lines.iter_mut().filter(|line| line.number == number) {
            line.leaving = true;
        }
    }

    /// How many connections there are.
    pub(crate) fn connected(&self) -> usize {
        self.lines.len()
    }

    /// Sends an envelope to exactly one connection, by turns; which, and where the acknowledgement comes.
    pub(crate) fn dispatch(
        &mut self,
        envelope_id: &str,
        envelope: &Value,
    ) -> Option<(u64, oneshot::Receiver<Option<Value>>)> {
        let staying: Vec<&Line> = self.lines.iter().filter(|line| !line.leaving).collect();
        self.turn += 1;
        let line = staying.get(self.turn % staying.len().max(1))?.number;
        let chosen = self.lines.iter().find(|known| known.number == line)?;
        if !self.deaf {
            chosen.orders.send(Order::Send(envelope.to_string())).ok()?;
        }
        let (answer, acknowledged) = oneshot::channel();
        self.pending
            .retain(|_, pending| !pending.answer.is_closed());
        self.pending
            .insert(envelope_id.to_owned(), Pending { line, answer });
        Some((line, acknowledged))
    }

    /// Hears an acknowledgement, from whichever connection; whether anything waited for it.
    pub(crate) fn acknowledge(&mut self, envelope_id: &str, answer: Option<Value>) -> bool {
        let pending = self.pending.remove(envelope_id);
        pending.is_some_and(|pending| pending.answer.send(answer).is_ok())
    }

    /// Does what a test asks for; answers how many connections it touched.
    pub(crate) fn act(&mut self, act: SocketAct) -> usize {
        let order = match act {
            SocketAct::Warning => Order::Warn,
            SocketAct::Refresh => Order::Farewell("refresh_requested"),
            SocketAct::LinkDisabled => Order::Farewell("link_disabled"),
            SocketAct::TooManyWebsockets => Order::Farewell("too_many_websockets"),
            SocketAct::Close { code } => Order::Close(code),
            SocketAct::Drop => Order::Drop,
            SocketAct::Deaf { on } => {
                self.deaf = on;
                return self.lines.len();
            }
            SocketAct::Outage { on } => {
                self.outage = on;
                if !on {
                    return 0;
                }
                Order::Drop
            }
        };
        let mut touched = 0;
        for line in &mut self.lines {
            line.leaving |= !matches!(order, Order::Warn);
            touched += usize::from(line.orders.send(order.clone()).is_ok());
        }
        touched
    }
}

/// A notice that a connection ends.
pub(crate) fn disconnect_notice(reason: &str) -> String {
    json!({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-emulated"}})
        .to_string()
}
