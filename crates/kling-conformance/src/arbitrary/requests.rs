//! Requests around what a model takes: about half fit it, the others have one thing wrong, or several.

use kling_core::{
    AspectRatio, Asset, Capability, Element, GenerationRequest, ImageCount, ImageFormat, ModelInfo,
    Need, Prompt, Resolution, Returned, Seconds, Support,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;

/// The files that requests are made of. An empty list is as good as the model not taking such files.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    /// Pictures that every model takes which takes pictures.
    pub pictures: Vec<Asset>,
    /// Pictures that no model takes, as their own description says.
    pub unusable_pictures: Vec<Asset>,
    /// Clips that every model takes which takes clips.
    pub clips: Vec<Asset>,
    /// Clips that no model takes, as their own description says.
    pub unusable_clips: Vec<Asset>,
}

/// What can be wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Prompt,
    Negative,
    Images,
    FirstFrame,
    LastFrame,
    Video,
    Elements,
    Ratio,
    Resolution,
    Format,
    Duration,
    Count,
    Sound,
    Option,
    File,
}

const PARTS: [Part; 15] = [
    Part::Prompt,
    Part::Negative,
    Part::Images,
    Part::FirstFrame,
    Part::LastFrame,
    Part::Video,
    Part::Elements,
    Part::Ratio,
    Part::Resolution,
    Part::Format,
    Part::Duration,
    Part::Count,
    Part::Sound,
    Part::Option,
    Part::File,
];

/// How many choices a request takes at most; what is chosen after that is the first.
const CHOICES: usize = 64;

/// Requests for this model and operation, of these files.
///
/// Every field is there or not, in its range or beyond it, in every combination; [`Capability::check`] says which of them
/// fit.
pub fn requests(
    model: &ModelInfo,
    pool: &Pool,
) -> impl Strategy<Value = GenerationRequest> + use<> {
    let wrong = prop_oneof![
        5 => Just(Vec::new()),
        4 => subsequence(PARTS.to_vec(), 1),
        2 => subsequence(PARTS.to_vec(), 2..5),
    ];
    let (model, pool) = (model.clone(), pool.clone());
    (wrong, vec(any::<u16>(), CHOICES)).prop_map(move |(wrong, dice)| {
        let maker = Maker {
            capability: &model.capability,
            pool: &pool,
            wrong,
            dice: dice.into_iter(),
        };
        maker.make(&model)
    })
}

struct Maker<'a> {
    capability: &'a Capability,
    pool: &'a Pool,
    wrong: Vec<Part>,
    dice: std::vec::IntoIter<u16>,
}

impl Maker<'_> {
    /// A number below `sides`; 0 where there are none.
    fn throw(&mut self, sides: usize) -> usize {
        let thrown = usize::from(self.dice.next().unwrap_or_default());
        thrown.checked_rem(sides).unwrap_or_default()
    }

    fn is_wrong(&self, part: Part) -> bool {
        self.wrong.contains(&part)
    }

    fn one_of<T: Clone>(&mut self, values: &[T]) -> Option<T> {
        let place = self.throw(values.len());
        values.get(place).cloned()
    }

    /// Nothing, or one of the values.
    fn perhaps<T: Clone>(&mut self, values: &[T]) -> Option<T> {
        if self.throw(2) == 0 {
            None
        } else {
            self.one_of(values)
        }
    }

    /// One of the values that fit, or any at all where this part is to be wrong.
    fn setting<T: Clone>(&mut self, part: Part, fitting: &[T], all: &[T]) -> Option<T> {
        if self.is_wrong(part) {
            self.one_of(all)
        } else {
            self.perhaps(fitting)
        }
    }

    fn make(mut self, model: &ModelInfo) -> GenerationRequest {
        let capability = self.capability;
        let mut request =
            GenerationRequest::new(model.id.clone(), model.operation(), self.prompt());
        let no_negative = capability.negative_prompt != Support::Yes;
        if self.is_wrong(Part::Negative) || (!no_negative && self.throw(2) == 1) {
            request.negative_prompt = Prompt::new("no boats").ok();
        }
        request.images = self.pictures();
        request.first_frame = self.frame(Part::FirstFrame, capability.first_frame);
        request.last_frame = self.frame(Part::LastFrame, capability.last_frame);
        if self.is_there(Part::Video, capability.video) {
            request.video = self.clip();
        }
        request.elements = self.elements();
        self.settings(&mut request);
        self.extras(&mut request);
        request
    }

    fn prompt(&mut self) -> Prompt {
        let most = self.capability.prompt_chars as usize;
        let lengths = if self.is_wrong(Part::Prompt) {
            vec![most + 1, most + 700, Prompt::MAX_CHARS]
        } else {
            vec![12, 1, 3, most.saturating_sub(1).max(1), most]
        };
        let length = self.one_of(&lengths).unwrap_or(12).min(Prompt::MAX_CHARS);
        let alphabet: Vec<char> = match self.throw(3) {
            0 => "paper boats".chars().collect(),
            1 => "é日\u{1f6a2}\"\\\n".chars().collect(),
            _ => "x".chars().collect(),
        };
        let middle = length.saturating_sub(2);
        let text: String = alphabet.iter().copied().cycle().take(middle).collect();
        // White space at the ends would be taken off.
        let text = if length < 2 {
            "a".to_owned()
        } else {
            format!("a{text}z")
        };
        words(&text)
    }

    fn picture(&mut self) -> Option<Asset> {
        let pool = self.pool;
        if self.is_wrong(Part::File) && self.throw(2) == 1 {
            return self.one_of(&pool.unusable_pictures);
        }
        self.one_of(&pool.pictures)
    }

    fn clip(&mut self) -> Option<Asset> {
        let pool = self.pool;
        if self.is_wrong(Part::File) {
            return self.one_of(&pool.unusable_clips);
        }
        self.one_of(&pool.clips)
    }

    fn some_pictures(&mut self, count: usize) -> Vec<Asset> {
        (0..count).filter_map(|_| self.picture()).collect()
    }

    fn pictures(&mut self) -> Vec<Asset> {
        let range = self.capability.images;
        let (min, max) = (usize::from(range.min), usize::from(range.max));
        let count = if self.is_wrong(Part::Images) {
            let counts = [min.saturating_sub(1), max + 1, max + 3, 1];
            self.one_of(&counts).unwrap_or_default()
        } else {
            min + self.throw(max + 1 - min.min(max))
        };
        self.some_pictures(count)
    }

    /// Whether something single is given: as it must be, or the other way round.
    fn is_there(&mut self, part: Part, need: Need) -> bool {
        let fits = match need {
            Need::Required => true,
            Need::Optional => self.throw(2) == 1,
            Need::No => false,
        };
        fits != self.is_wrong(part)
    }

    fn frame(&mut self, part: Part, need: Need) -> Option<Asset> {
        if self.is_there(part, need) {
            self.picture()
        } else {
            None
        }
    }

    fn elements(&mut self) -> Vec<Element> {
        let rule = self.capability.elements;
        let (most, least_views, most_views) = rule.map_or((0, 1, 1), |rule| {
            let views = rule.references;
            (
                usize::from(rule.max),
                usize::from(views.min),
                usize::from(views.max),
            )
        });
        let (count, views) = if self.is_wrong(Part::Elements) {
            let wrong = [
                (most + 1, least_views),
                (1, least_views.saturating_sub(1)),
                (1, most_views + 1),
            ];
            self.one_of(&wrong).unwrap_or_default()
        } else {
            (
                self.throw(most + 1),
                least_views + self.throw(most_views + 1 - least_views.min(most_views)),
            )
        };
        let element = |_| {
            let frontal = self.picture()?;
            let references = self.some_pictures(views);
            Some(Element {
                frontal,
                references,
            })
        };
        (0..count).filter_map(element).collect()
    }

    fn settings(&mut self, request: &mut GenerationRequest) {
        let capability = self.capability;
        let ratios = [
            AspectRatio::of(16, 9),
            AspectRatio::of(1, 1),
            AspectRatio::of(9, 16),
            AspectRatio::of(4, 3),
            AspectRatio::of(21, 9),
            AspectRatio::of(5, 4),
            AspectRatio::of(1, 200),
            AspectRatio::Auto,
        ];
        let lengths: Vec<Seconds> = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, Seconds::MAX]
            .into_iter()
            .filter_map(|length| Seconds::new(length).ok())
            .collect();
        request.aspect_ratio = self.setting(Part::Ratio, &capability.aspect_ratios.values, &ratios);
        request.resolution = self.setting(
            Part::Resolution,
            &capability.resolutions.values,
            &Resolution::ALL,
        );
        request.format = self.setting(Part::Format, &capability.formats.values, &ImageFormat::ALL);
        request.duration = self.setting(Part::Duration, &capability.durations.values, &lengths);
    }

    fn extras(&mut self, request: &mut GenerationRequest) {
        let capability = self.capability;
        let most = match capability.returned {
            Returned::All => capability.count.max,
            Returned::FirstOnly => 1,
        };
        let most = if self.is_wrong(Part::Count) {
            ImageCount::MAX
        } else {
            most
        };
        let count = 1 + self.throw(usize::from(most));
        request.count = u8::try_from(count)
            .ok()
            .and_then(|count| ImageCount::new(count).ok())
            .unwrap_or(ImageCount::ONE);
        let takes_sound = capability.keep_audio == Support::Yes && self.throw(2) == 1;
        if takes_sound || self.is_wrong(Part::Sound) {
            request.keep_audio = Some(self.throw(2) == 0);
        }
        let known: Vec<(&str, &str)> = capability
            .options
            .iter()
            .flat_map(|option| option.values.iter().map(|value| (option.name, *value)))
            .collect();
        let chosen = if self.is_wrong(Part::Option) {
            let name = known.first().map_or("no-such-option", |(name, _)| name);
            let wrong = [(name, "no-such-value"), ("no-such-option", "yes")];
            self.one_of(&wrong)
        } else {
            self.perhaps(&known)
        };
        if let Some((name, value)) = chosen {
            request
                .provider_options
                .insert(name.to_owned(), value.to_owned());
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "it begins and ends with a letter, and is not too long"
)]
fn words(text: &str) -> Prompt {
    Prompt::new(text).expect("words")
}
