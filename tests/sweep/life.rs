//! One life of a replica: a child process that takes orders, and can be seen to stop and to die.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use kling_tests::{Order, Record, ReplicaSettings, SETTINGS, program_named};
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process, waitpid};
use serde_json::Value;

/// Nothing takes so long, however busy the machine is, unless it is broken: every wait is for something that happens.
pub(crate) const BOUND: Duration = Duration::from_mins(4);

/// How a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Runs,
    Stopped,
    /// With the signal that ended it, if one did.
    Ended(Option<i32>),
}

/// A running replica. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) settings: ReplicaSettings,
    pid: Pid,
    stdin: ChildStdin,
    answers: Receiver<(u64, Value)>,
    orders: u64,
    /// Those that are not answered yet.
    open: BTreeSet<u64>,
    /// Answers that nobody has asked for yet.
    told: HashMap<u64, Value>,
    state: State,
}

impl Life {
    pub(crate) fn start(settings: &ReplicaSettings, said: &Path) -> Self {
        let said = File::options()
            .create(true)
            .append(true)
            .open(said)
            .unwrap();
        let mut command = Command::new(program_named("kling-replica-under-test"));
        command
            .env_clear()
            .env(SETTINGS, serde_json::to_string(settings).unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(said)
            .process_group(0);
        #[expect(
            clippy::zombie_processes,
            reason = "waited for by its number, which tells of a stop as well"
        )]
        let mut child = command.spawn().unwrap();
        let (tell, answers) = channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let told = serde_json::from_str(&line).map(|answer| tell.send(answer));
                if !matches!(told, Ok(Ok(()))) {
                    return;
                }
            }
        });
        Self {
            settings: settings.clone(),
            pid: Pid::from_child(&child),
            stdin: child.stdin.take().unwrap(),
            answers,
            orders: 0,
            open: BTreeSet::new(),
            told: HashMap::new(),
            state: State::Runs,
        }
    }

    /// Gives an order without waiting; its number.
    pub(crate) fn send(&mut self, order: &Order) -> u64 {
        self.orders += 1;
        let line = serde_json::to_string(&(self.orders, order)).unwrap();
        // A dead process takes no orders; that it is dead is seen elsewhere.
        drop(writeln!(self.stdin, "{line}"));
        self.open.insert(self.orders);
        self.orders
    }

    /// Gives an order and waits for its answer; `None` when it stops or dies meanwhile.
    pub(crate) fn ask(&mut self, order: &Order) -> Option<Value> {
        let number = self.send(order);
        self.answer(number)
    }

    /// Waits for the answer to an order; `None` when it stops or dies meanwhile, or takes too long.
    pub(crate) fn answer(&mut self, number: u64) -> Option<Value> {
        let started = Instant::now();
        loop {
            if let Some(answer) = self.told.remove(&number) {
                return Some(answer);
            }
            match self.answers.recv_timeout(Duration::from_millis(2)) {
                Ok((of, answer)) => {
                    self.open.remove(&of);
                    self.told.insert(of, answer);
                }
                Err(RecvTimeoutError::Timeout) if self.state() == State::Runs => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
            if started.elapsed() > BOUND {
                return None;
            }
        }
    }

    /// Whether every order was answered, as far as answers were waited for.
    pub(crate) fn has_answered(&self) -> bool {
        self.open.is_empty()
    }

    /// What is on record about somebody; `None` when it stops or dies meanwhile.
    pub(crate) fn look(&mut self, who: &str) -> Option<Record> {
        let who = who.to_owned();
        let answer = self.ask(&Order::Look { who })?;
        serde_json::from_value(answer).ok()
    }

    pub(crate) fn state(&mut self) -> State {
        if matches!(self.state, State::Ended(_)) {
            return self.state;
        }
        let options = WaitOptions::UNTRACED | WaitOptions::NOHANG;
        if let Some((_, status)) = waitpid(Some(self.pid), options).unwrap() {
            self.state = read(status);
        }
        self.state
    }

    /// Lets a stopped process go on.
    pub(crate) fn go_on(&mut self) {
        kill_process(self.pid, Signal::CONT).unwrap();
        self.state = State::Runs;
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> Result<(), String> {
        self.send(&Order::Stop);
        let started = Instant::now();
        loop {
            match self.state() {
                State::Ended(None) => return Ok(()),
                State::Ended(signal) => return Err(format!("it ended by signal {signal:?}")),
                State::Runs | State::Stopped if started.elapsed() > BOUND => {
                    return Err("it does not stop".to_owned());
                }
                State::Runs | State::Stopped => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }
}

fn read(status: WaitStatus) -> State {
    if status.stopped() {
        State::Stopped
    } else {
        State::Ended(status.terminating_signal())
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        if !matches!(self.state(), State::Ended(_)) {
            // It may be gone by itself at this very moment.
            let _ = kill_process(self.pid, Signal::KILL);
            let _ = waitpid(Some(self.pid), WaitOptions::empty());
        }
    }
}
