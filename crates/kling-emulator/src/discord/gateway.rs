//! The gateway's memory: sessions, what they missed, and the tricks tests play on them.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::limits;
use super::snowflake::Snowflake;

mod identify;
pub(crate) mod socket;

/// How many events a session keeps for a resume.
const REPLAY: usize = 1000;

/// How many sessions without a connection are remembered. Discord forgets them after minutes.
const WAITING: usize = 8;

/// The intents that need to be switched on for an application, and here are not.
const PRIVILEGED_INTENTS: u64 = 1 << 1 | 1 << 8 | 1 << 15;

/// Every intent there is.
const INTENTS: u64 = (1 << 26) - 1;

/// Something a test does to the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum GatewayAct {
    /// Closes every connection with this code.
    Close {
        /// The close code, such as 4000 or 4004.
        code: u16,
    },
    /// Asks every client to reconnect and resume (opcode 7).
    Reconnect,
    /// Declares every session invalid (opcode 9).
    InvalidSession {
        /// Whether the client may still resume it.
        resumable: bool,
    },
    /// Asks every client for a heartbeat at once (opcode 1).
    RequestHeartbeat,
    /// Drops every connection without a word.
    Drop,
    /// While on: connections stay open, but nothing is acknowledged or sent any more.
    Zombie {
        /// On or off.
        on: bool,
    },
    /// While on: nobody can connect, and those who were are dropped.
    Outage {
        /// On or off.
        on: bool,
    },
    /// The interval that HELLO asks of connections made from now on.
    HeartbeatInterval {
        /// Milliseconds of real time.
        ms: u64,
    },
    /// Whether IDENTIFY is limited to one per five seconds and shard bucket, as Discord does.
    /// Off at first, so that tests may restart a bot at once.
    PaceIdentify {
        /// On or off.
        on: bool,
    },
}

/// What a connection is told to do.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    Send(String),
    /// Send, then expect the client to go; close after a while if it does not.
    Farewell(String),
    Close(u16, &'static str),
    Drop,
}

/// A session, which outlives its connection for a while.
#[derive(Debug)]
struct Session {
    id: String,
    shard: (u64, u64),
    intents: u64,
    seq: u64,
    replay: VecDeque<(u64, String)>,
    line: Option<Line>,
}

/// A connection that a session uses.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) orders: mpsc::UnboundedSender<Order>,
}

impl Line {
    /// A connection that has gone takes no orders; that is no news.
    fn give(&self, order: Order) -> bool {
        self.orders.send(order).is_ok()
    }
}

/// What the gateway remembers.
#[derive(Debug)]
pub(crate) struct Sessions {
    list: Vec<Session>,
    lines: Vec<Line>,
    next_line: u64,
    pub(crate) zombie: bool,
    pub(crate) outage: bool,
    pub(crate) heartbeat_ms: u64,
    pace: bool,
    /// When each IDENTIFY came, and for which bucket of shards.
    identifies: VecDeque<u64>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            lines: Vec::new(),
            next_line: 0,
            zombie: false,
            outage: false,
            heartbeat_ms: limits::HEARTBEAT_MS,
            pace: false,
            identifies: VecDeque::new(),
        }
    }
}

impl Session {
    fn push(&mut self, name: &str, data: &Value) -> bool {
        self.seq += 1;
        let text = json!({"op": 0, "t": name, "s": self.seq, "d": data}).to_string();
        self.replay.push_back((self.seq, text.clone()));
        if self.replay.len() > REPLAY {
            self.replay.pop_front();
        }
        self.line
            .as_ref()
            .is_some_and(|line| line.give(Order::Send(text)))
    }

    fn hears(&self, guild: Option<Snowflake>, intent: u64) -> bool {
        let (shard, count) = self.shard;
        let right = guild.map_or(0, |guild| (guild.0 >> 22) % count.max(1));
        shard == right && self.intents & intent == intent
    }
}

impl Sessions {
    /// Sends an event to the sessions it concerns; those between two connections keep it for
    /// their resume. Answers how many connections got it.
    pub(crate) fn dispatch(
        &mut self,
        name: &str,
        data: &Value,
        guild: Option<Snowflake>,
        intent: u64,
    ) -> usize {
        let zombie = self.zombie;
        let concerned = self
            .list
            .iter_mut()
            .filter(|session| session.hears(guild, intent));
        concerned
            .map(|session| session.push(name, data))
            .filter(|sent| *sent && !zombie)
            .count()
    }

    /// Takes a new connection in.
    pub(crate) fn connect(&mut self, orders: mpsc::UnboundedSender<Order>) -> Line {
        self.next_line += 1;
        let line = Line {
            number: self.next_line,
            orders,
        };
        self.lines.push(line.clone());
        line
    }

    /// A connection has ended; its session waits for a resume.
    pub(crate) fn disconnect(&mut self, number: u64) {
        self.lines.retain(|line| line.number != number);
        for session in &mut self.list {
            if session
                .line
                .as_ref()
                .is_some_and(|line| line.number == number)
            {
                session.line = None;
            }
        }
    }

    /// Takes a new session in, and forgets the oldest of those that nobody resumed.
    fn open(&mut self, session: Session) {
        self.list.push(session);
        let waiting = |session: &Session| session.line.is_none();
        let mut surplus = self.list.iter().filter(|session| waiting(session)).count();
        surplus = surplus.saturating_sub(WAITING);
        self.list.retain(|session| {
            let goes = surplus > 0 && waiting(session);
            surplus -= usize::from(goes);
            !goes
        });
    }

    /// How many sessions have a connection.
    pub(crate) fn connected(&self) -> usize {
        self.list
            .iter()
            .filter(|session| session.line.is_some())
            .count()
    }

    /// IDENTIFYs within the last day.
    pub(crate) fn identifies(&mut self, now_ms: u64) -> u64 {
        self.identifies
            .retain(|at| at + 24 * 60 * 60 * 1000 > now_ms);
        self.identifies.len() as u64
    }

    /// Does what a test asks for; answers how many connections it touched.
    pub(crate) fn act(&mut self, act: GatewayAct) -> usize {
        let order = match act {
            GatewayAct::Close { code } => Order::Close(code, "closed by the script"),
            GatewayAct::Reconnect => Order::Farewell(json!({"op": 7, "d": null}).to_string()),
            GatewayAct::InvalidSession { resumable } => {
                if !resumable {
                    self.list.clear();
                }
                Order::Farewell(json!({"op": 9, "d": resumable}).to_string())
            }
            GatewayAct::RequestHeartbeat => Order::Send(json!({"op": 1, "d": null}).to_string()),
            GatewayAct::Drop => Order::Drop,
            GatewayAct::Zombie { on } => {
                self.zombie = on;
                return self.lines.len();
            }
            GatewayAct::Outage { on } => {
                self.outage = on;
                if !on {
                    return 0;
                }
                Order::Drop
            }
            GatewayAct::HeartbeatInterval { ms } => {
                self.heartbeat_ms = ms.max(1);
                return 0;
            }
            GatewayAct::PaceIdentify { on } => {
                self.pace = on;
                return 0;
            }
        };
        self.lines
            .iter()
            .filter(|line| line.give(order.clone()))
            .count()
    }
}
