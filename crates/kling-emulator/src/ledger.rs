//! The ledger: who was charged for what, and what each account has left.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

use crate::clock::Clock;

/// What an account starts with unless told otherwise: 100 dollars.
pub const OPENING_NANODOLLARS: i64 = 100_000_000_000;

/// Work that is to be charged for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Whose work: `aimlapi`, …
    pub vendor: String,
    /// The vendor's name of the model.
    pub model: String,
    /// What the model did: `image`, …
    pub operation: String,
    /// The account that pays.
    pub account: String,
    /// The id the client gave the request, where it gave a valid one.
    pub client_request_id: Option<String>,
    /// The vendor's id of the work.
    pub reference: String,
    /// The price.
    pub amount_nanodollars: i64,
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Charge {
    /// Its place in the ledger, from 1.
    pub seq: u64,
    /// When it was settled, in the world's time; when it was held, until then.
    pub at_ms: u64,
    /// Whose work: `aimlapi`, …
    pub vendor: String,
    /// The vendor's name of the model.
    pub model: String,
    /// What the model did: `image`, …
    pub operation: String,
    /// The account that pays.
    pub account: String,
    /// The id the client gave the request, where it gave a valid one.
    pub client_request_id: Option<String>,
    /// The vendor's id of the work.
    pub reference: String,
    /// The price.
    pub amount_nanodollars: i64,
    /// Whether it was charged. Holds and what was rolled back are not.
    pub billed: bool,
    /// Whether it is a hold that is still to be charged or rolled back.
    pub held: bool,
}

/// What an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// When it was first heard of, in the world's time.
    pub opened_at_ms: u64,
    /// What it started with.
    pub opening_nanodollars: i64,
    /// What is left, holds taken off.
    pub balance_nanodollars: i64,
}

/// A hold on an account's money, to be settled. The number is the ledger line's.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a hold that is neither settled nor released stays on the account"]
pub struct Hold(u64);

/// The account has less than the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfFunds;

/// Every charge and every account.
#[derive(Debug)]
pub struct Ledger {
    clock: Clock,
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    charges: Vec<Charge>,
    /// By vendor and account.
    accounts: BTreeMap<(String, String), Account>,
    /// By vendor: what a new account starts with.
    openings: BTreeMap<String, i64>,
}

impl Books {
    /// The line with that number: they are numbered from 1, and none is ever taken out.
    fn line(&mut self, seq: u64) -> Option<&mut Charge> {
        let place = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.charges.get_mut(place)
    }

    fn account(&mut self, now_ms: u64, vendor: &str, account: &str) -> &mut Account {
        let opening = self
            .openings
            .get(vendor)
            .copied()
            .unwrap_or(OPENING_NANODOLLARS);
        self.accounts
            .entry((vendor.to_owned(), account.to_owned()))
            .or_insert(Account {
                opened_at_ms: now_ms,
                opening_nanodollars: opening,
                balance_nanodollars: opening,
            })
    }
}

impl Ledger {
    /// Empty books.
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            books: Mutex::default(),
        }
    }

    /// Takes the price of `work` off its account, without charging it yet.
    ///
    /// # Errors
    ///
    /// When the account has less than the price; nothing is written then.
    pub fn hold(&self, work: Work) -> Result<Hold, OutOfFunds> {
        let now_ms = self.clock.now_ms();
        let mut books = self.lock();
        let account = books.account(now_ms, &work.vendor, &work.account);
        if account.balance_nanodollars < work.amount_nanodollars {
            return Err(OutOfFunds);
        }
        account.balance_nanodollars -= work.amount_nanodollars;
        let seq = books.charges.last().map_or(1, |last| last.seq + 1);
        books.charges.push(Charge {
            seq,
            at_ms: now_ms,
            vendor: work.vendor,
            model: work.model,
            operation: work.operation,
            account: work.account,
            client_request_id: work.client_request_id,
            reference: work.reference,
            amount_nanodollars: work.amount_nanodollars,
            billed: false,
            held: true,
        });
        Ok(Hold(seq))
    }

    /// Changes the price of what is held, when it is known only after the work began.
    pub fn reprice(&self, hold: &Hold, amount_nanodollars: i64) {
        let now_ms = self.clock.now_ms();
        let mut books = self.lock();
        let Some(charge) = books.line(hold.0) else {
            return;
        };
        let difference = amount_nanodollars - charge.amount_nanodollars;
        charge.amount_nanodollars = amount_nanodollars;
        let (vendor, account) = (charge.vendor.clone(), charge.account.clone());
        books.account(now_ms, &vendor, &account).balance_nanodollars -= difference;
    }

    /// Charges what was held.
    #[expect(clippy::needless_pass_by_value, reason = "a hold is used up")]
    pub fn settle(&self, hold: Hold) {
        let now_ms = self.clock.now_ms();
        let mut books = self.lock();
        if let Some(charge) = books.line(hold.0) {
            charge.billed = true;
            charge.held = false;
            charge.at_ms = now_ms;
        }
    }

    /// Gives back what was held; the line stays, unbilled.
    #[expect(clippy::needless_pass_by_value, reason = "a hold is used up")]
    pub fn release(&self, hold: Hold) {
        let now_ms = self.clock.now_ms();
        let mut books = self.lock();
        let Some(charge) = books.line(hold.0) else {
            return;
        };
        charge.held = false;
        charge.at_ms = now_ms;
        let (vendor, account, amount) = (
            charge.vendor.clone(),
            charge.account.clone(),
            charge.amount_nanodollars,
        );
        books.account(now_ms, &vendor, &account).balance_nanodollars += amount;
    }

    /// Every line, oldest first.
    pub fn list(&self) -> Vec<Charge> {
        self.lock().charges.clone()
    }

    /// What `vendor` has billed, over all accounts, in nano-dollars.
    pub fn total(&self, vendor: &str) -> i64 {
        let books = self.lock();
        let billed = books
            .charges
            .iter()
            .filter(|charge| charge.billed && charge.vendor == vendor);
        billed.map(|charge| charge.amount_nanodollars).sum()
    }

    /// What an account has. It is opened by being asked for.
    pub fn account(&self, vendor: &str, account: &str) -> Account {
        let now_ms = self.clock.now_ms();
        *self.lock().account(now_ms, vendor, account)
    }

    /// The accounts that `vendor` has heard of.
    pub fn accounts(&self, vendor: &str) -> BTreeMap<String, Account> {
        let books = self.lock();
        let of_vendor = books
            .accounts
            .iter()
            .filter(|((whose, _), _)| whose == vendor);
        of_vendor
            .map(|((_, name), account)| (name.clone(), *account))
            .collect()
    }

    /// Sets what one account of `vendor` has left.
    pub fn set_balance(&self, vendor: &str, account: &str, nanodollars: i64) {
        let now_ms = self.clock.now_ms();
        self.lock()
            .account(now_ms, vendor, account)
            .balance_nanodollars = nanodollars;
    }

    /// Sets what every account of `vendor` has left, and what new ones start with.
    pub fn set_every_balance(&self, vendor: &str, nanodollars: i64) {
        let mut books = self.lock();
        books.openings.insert(vendor.to_owned(), nanodollars);
        for ((whose, _), account) in &mut books.accounts {
            if whose == vendor {
                account.balance_nanodollars = nanodollars;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ledger, OPENING_NANODOLLARS, OutOfFunds, Work};
    use crate::clock::Clock;

    fn work(amount_nanodollars: i64) -> Work {
        Work {
            vendor: "aimlapi".to_owned(),
            account: "a".to_owned(),
            amount_nanodollars,
            ..Work::default()
        }
    }

    #[test]
    fn only_what_is_settled_is_billed() {
        let ledger = Ledger::new(Clock::new());

        let kept = ledger.hold(work(300)).unwrap();
        let given_back = ledger.hold(work(50)).unwrap();
        assert_eq!(
            ledger.account("aimlapi", "a").balance_nanodollars,
            OPENING_NANODOLLARS - 350
        );
        ledger.settle(kept);
        ledger.release(given_back);

        assert_eq!(ledger.total("aimlapi"), 300);
        assert_eq!(ledger.total("another"), 0);
        assert_eq!(
            ledger.account("aimlapi", "a").balance_nanodollars,
            OPENING_NANODOLLARS - 300
        );
        let lines: Vec<(u64, bool, bool)> = ledger
            .list()
            .iter()
            .map(|line| (line.seq, line.billed, line.held))
            .collect();
        assert_eq!(lines, [(1, true, false), (2, false, false)]);
    }

    #[test]
    fn nobody_spends_what_is_not_there() {
        let ledger = Ledger::new(Clock::new());
        ledger.set_every_balance("aimlapi", 100);

        let last = ledger.hold(work(100)).unwrap();
        let refused = ledger.hold(work(1));
        ledger.settle(last);

        assert_eq!(refused, Err(OutOfFunds));
        assert_eq!(ledger.list().len(), 1);
        ledger.set_balance("aimlapi", "a", 1);
        assert!(ledger.hold(work(1)).is_ok());
    }
}
