//! Money, exactly: prices before, costs after.

use std::time::Duration;

use crate::{Capability, GenerationRequest, Resolution, Seconds};

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
    /// A resolution at which one costs otherwise, and what. A request that says no resolution is held to be of the
    /// dearer sort.
    pub except: Option<(Resolution, Money)>,
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
    /// Each begun second of the input video.
    InputSecond,
}

/// What a request will cost, with how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimate {
    /// The provider states the price and nothing in the request leaves it open.
    Exact(Money),
    /// Our best figure; the provider may charge otherwise. Where the request leaves something open, such as
    /// how long a clip is that nobody has looked at, it is the most that can come of it.
    Approximate(Money),
    /// Nobody says, or nothing bounds it. Never to be shown, or counted, as nothing.
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

/// Of several submissions: as sure as the least sure of them.
impl std::iter::Sum for Estimate {
    fn sum<I: Iterator<Item = Self>>(estimates: I) -> Self {
        estimates.fold(Self::Exact(Money::ZERO), |sum, one| match (sum, one) {
            (Self::Exact(sum), Self::Exact(one)) => Self::Exact(sum + one),
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (
                Self::Exact(sum) | Self::Approximate(sum),
                Self::Exact(one) | Self::Approximate(one),
            ) => Self::Approximate(sum + one),
        })
    }
}

impl Price {
    /// What this request will cost where this is accepted. A clip of unknown length counts as the longest that
    /// is accepted, and then the figure is never exact.
    pub fn estimate(&self, capability: &Capability, request: &GenerationRequest) -> Estimate {
        let (units, known) = match self.unit {
            PriceUnit::Request => (Some(1), true),
            PriceUnit::Image => (Some(u32::from(request.count.get())), true),
            PriceUnit::Second { default } => {
                let seconds = request.duration.unwrap_or(default);
                (Some(u32::from(seconds.get())), true)
            }
            PriceUnit::InputSecond => {
                let clip = request.video.as_ref().and_then(|clip| clip.info().duration);
                let longest = capability.video_files.duration.map(|(_, longest)| longest);
                (clip.or(longest).and_then(begun_seconds), clip.is_some())
            }
        };
        let (unit, decided) = self.of_one(request.resolution);
        match units.map(|units| unit.times(units)) {
            Some(amount) if known && decided && self.stated => Estimate::Exact(amount),
            Some(amount) => Estimate::Approximate(amount),
            None => Estimate::Unknown,
        }
    }

    /// What one unit costs at this resolution, and whether that is decided.
    fn of_one(&self, resolution: Option<Resolution>) -> (Money, bool) {
        match (self.except, resolution) {
            (None, _) => (self.amount, true),
            (Some((at, amount)), Some(asked)) if at == asked => (amount, true),
            (Some(_), Some(_)) => (self.amount, true),
            (Some((_, amount)), None) => (self.amount.max(amount), false),
        }
    }
}

/// Whole seconds, a part of one counting as one.
fn begun_seconds(time: Duration) -> Option<u32> {
    u32::try_from(time.as_millis().div_ceil(1_000)).ok()
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
    use crate::{Asset, AssetInfo, ImageCount, MediaType, ModelId, Operation, Prompt};

    #[test]
    fn estimates_together_are_as_sure_as_the_least_sure_of_them() {
        let (one, two) = (Money::from_nanodollars(1), Money::from_nanodollars(2));
        let sum = |estimates: &[Estimate]| estimates.iter().copied().sum::<Estimate>();
        let (exact, about) = (Estimate::Exact(one), Estimate::Approximate(one));

        assert_eq!(sum(&[exact, exact]), Estimate::Exact(two));
        assert_eq!(sum(&[exact, about]), Estimate::Approximate(two));
        assert_eq!(sum(&[about, exact]), Estimate::Approximate(two));
        assert_eq!(sum(&[exact, Estimate::Unknown, about]), Estimate::Unknown);
    }

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
            except: None,
            stated: true,
        };
        let mut request = request(Operation::TextToImage);
        request.count = ImageCount::new(3).expect("a count");

        let estimate = price.estimate(&Capability::new(Operation::TextToImage), &request);

        assert_eq!(estimate, Estimate::Exact(Money::from_microdollars(88_200)));
    }

    fn request(operation: Operation) -> GenerationRequest {
        let prompt = Prompt::new("a paper boat").expect("a prompt");
        GenerationRequest::new(ModelId::literal("m"), operation, prompt)
    }

    #[test]
    fn a_resolution_that_costs_otherwise_is_priced_so_and_none_at_all_as_the_dearer() {
        let cents = |n: i64| Money::from_microdollars(n * 10_000);
        let capability = Capability::new(Operation::TextToVideo);
        let mut request = request(Operation::TextToVideo);

        for (usual, coarse) in [(cents(11), cents(8)), (cents(8), cents(11))] {
            let price = Price {
                unit: PriceUnit::Second {
                    default: Seconds::new(5).expect("a length"),
                },
                amount: usual,
                except: Some((Resolution::P720, coarse)),
                stated: true,
            };
            for (resolution, expected) in [
                (Some(Resolution::P720), Estimate::Exact(coarse.times(5))),
                (Some(Resolution::P1080), Estimate::Exact(usual.times(5))),
                (None, Estimate::Approximate(cents(55))),
            ] {
                request.resolution = resolution;
                assert_eq!(price.estimate(&capability, &request), expected);
            }
        }
    }

    fn clip(duration: Option<Duration>) -> Asset {
        Asset::pending(AssetInfo {
            media_type: MediaType::Mp4,
            size_bytes: 1,
            dimensions: None,
            duration,
            frame_rate: None,
        })
    }

    #[test]
    fn a_price_by_the_second_of_the_clip_counts_begun_seconds_and_bounds_what_is_not_known() {
        let cents = |n: i64| Money::from_microdollars(n * 10_000);
        let mut capability = Capability::new(Operation::VideoEdit);
        let longest = Duration::from_millis(10_050);
        capability.video_files.duration = Some((Duration::from_secs(3), longest));
        let mut request = request(Operation::VideoEdit);
        let unbounded = Capability::new(Operation::VideoEdit);

        for (length, bounded, stated, expected) in [
            (Some(4_000), true, true, Estimate::Exact(cents(40))),
            (Some(4_001), true, true, Estimate::Exact(cents(50))),
            (Some(4_001), false, true, Estimate::Exact(cents(50))),
            (Some(4_000), true, false, Estimate::Approximate(cents(40))),
            (None, true, true, Estimate::Approximate(cents(110))),
            (None, true, false, Estimate::Approximate(cents(110))),
            (None, false, true, Estimate::Unknown),
        ] {
            let price = Price {
                unit: PriceUnit::InputSecond,
                amount: cents(10),
                except: None,
                stated,
            };
            request.video = Some(clip(length.map(Duration::from_millis)));
            let capability = if bounded { &capability } else { &unbounded };
            assert_eq!(price.estimate(capability, &request), expected, "{length:?}");
        }
    }

    #[test]
    fn a_clip_of_absurd_length_has_no_price_rather_than_a_wrong_one() {
        let price = Price {
            unit: PriceUnit::InputSecond,
            amount: Money::from_microdollars(1),
            except: None,
            stated: true,
        };
        let mut request = request(Operation::VideoEdit);
        request.video = Some(clip(Some(Duration::MAX)));

        let estimate = price.estimate(&Capability::new(Operation::VideoEdit), &request);

        assert_eq!(estimate, Estimate::Unknown);
    }
}
