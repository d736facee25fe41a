//! Money, exactly: prices before, costs after.

use crate::{GenerationRequest, Seconds};

/// An amount in nano-dollars, 10⁻⁹ USD.
///
/// The unit is small enough for the smallest step any provider charges in (AIML API's credit is 500
/// nano-dollars) and an `i64` of it holds nine billion dollars.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct Money(i64);

/// Text that is no amount in dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an amount in dollars: it takes digits with at most nine decimals, such as 0.0294")]
pub struct InvalidMoney;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    const PER_DOLLAR: i64 = 1_000_000_000;

    /// That many nano-dollars.
    pub const fn from_nanodollars(amount: i64) -> Self {
        Self(amount)
    }

    /// That many micro-dollars.
    pub const fn from_microdollars(amount: i64) -> Self {
        Self(amount.saturating_mul(1_000))
    }

    /// The amount in nano-dollars.
    pub const fn as_nanodollars(self) -> i64 {
        self.0
    }

    /// Reads a plain decimal number of dollars, such as `0.0294` or `-1`.
    ///
    /// # Errors
    ///
    /// When the text is not such a number, is finer than a nano-dollar, or does not fit.
    pub fn parse_dollars(text: &str) -> Result<Self, InvalidMoney> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let fraction = fraction.trim_end_matches('0');
        if whole.is_empty() || !plain(whole) || !plain(fraction) || fraction.len() > 9 {
            return Err(InvalidMoney);
        }
        let whole: i64 = whole.parse().map_err(|_| InvalidMoney)?;
        let fraction: i64 = format!("{fraction:0<9}")
            .parse()
            .map_err(|_| InvalidMoney)?;
        let amount = whole
            .checked_mul(Self::PER_DOLLAR)
            .and_then(|dollars| dollars.checked_add(fraction))
            .ok_or(InvalidMoney)?;
        Ok(Self(if negative { -amount } else { amount }))
    }

    /// The amount times a whole number; stays at the largest amount where it would not fit.
    #[must_use]
    pub const fn times(self, n: u32) -> Self {
        Self(self.0.saturating_mul(n as i64))
    }

    /// Whether it is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl std::ops::Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |sum, amount| sum + amount)
    }
}

/// Dollars with at least two decimals and as many more as are not zero: `$0.0294`, `$1.50`.
impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let amount = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let per_dollar = Self::PER_DOLLAR.unsigned_abs();
        let decimals = format!("{:09}", amount % per_dollar);
        let decimals = decimals.trim_end_matches('0');
        write!(f, "{sign}${}.{decimals:0<2}", amount / per_dollar)
    }
}

/// What one unit of a model's work costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// What is counted.
    pub unit: PriceUnit,
    /// What one of them costs.
    pub amount: Money,
    /// Whether the provider states this price, or we believe it.
    pub stated: bool,
}

/// What a price is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PriceUnit {
    /// One accepted request, however much comes back.
    Request,
    /// Each image asked for.
    Image,
    /// Each second of video asked for; a default length counts where none was asked for.
    Second {
        /// The length the provider makes when none is asked for.
        default: Seconds,
    },
}

/// What a request will cost, with how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimate {
    /// The provider states the price and nothing in the request leaves it open.
    Exact(Money),
    /// Our best figure; the provider may charge otherwise.
    Approximate(Money),
    /// Nobody says. Never to be shown, or counted, as nothing.
    Unknown,
}

impl Estimate {
    /// The figure, where there is one.
    pub const fn amount(self) -> Option<Money> {
        match self {
            Self::Exact(amount) | Self::Approximate(amount) => Some(amount),
            Self::Unknown => None,
        }
    }
}

impl Price {
    /// What this request will cost.
    pub fn estimate(&self, request: &GenerationRequest) -> Estimate {
        let units = match self.unit {
            PriceUnit::Request => 1,
            PriceUnit::Image => u32::from(request.count.get()),
            PriceUnit::Second { default } => u32::from(request.duration.unwrap_or(default).get()),
        };
        let amount = self.amount.times(units);
        if self.stated {
            Estimate::Exact(amount)
        } else {
            Estimate::Approximate(amount)
        }
    }
}

/// What a finished task cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// The amount charged.
    pub amount: Money,
    /// Who says so.
    pub source: CostSource,
}

/// Where a cost comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CostSource {
    /// The provider reported it with the result.
    Reported,
    /// The provider said nothing; computed from the price list.
    Computed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ImageCount, ModelId, Operation, Prompt};

    #[test]
    fn money_reads_what_it_writes() {
        for text in ["0.00", "0.0294", "1.50", "12.345678901", "-3.25"] {
            let money = Money::parse_dollars(text).expect("an amount");
            let shown = money.to_string().replace('$', "");
            assert_eq!(shown, text);
        }
    }

    proptest::proptest! {
        #[test]
        fn every_amount_is_read_as_it_was_written(nanodollars in -i64::MAX..=i64::MAX) {
            let money = Money::from_nanodollars(nanodollars);
            let shown = money.to_string().replace('$', "");

            proptest::prop_assert_eq!(Money::parse_dollars(&shown), Ok(money));
        }
    }

    #[test]
    fn money_finer_than_a_nanodollar_is_refused_and_not_rounded() {
        assert_eq!(Money::parse_dollars("0.0000000001"), Err(InvalidMoney));
        assert_eq!(Money::parse_dollars("1e3"), Err(InvalidMoney));
        assert_eq!(Money::parse_dollars(""), Err(InvalidMoney));
        assert_eq!(
            Money::parse_dollars("99999999999999999999"),
            Err(InvalidMoney)
        );
    }

    #[test]
    fn a_price_by_the_image_counts_the_images_asked_for() {
        let price = Price {
            unit: PriceUnit::Image,
            amount: Money::from_microdollars(29_400),
            stated: true,
        };
        let prompt = Prompt::new("a paper boat").expect("a prompt");
        let mut request =
            GenerationRequest::new(ModelId::literal("m"), Operation::TextToImage, prompt);
        request.count = ImageCount::new(3).expect("a count");

        let estimate = price.estimate(&request);

        assert_eq!(estimate, Estimate::Exact(Money::from_microdollars(88_200)));
    }
}
