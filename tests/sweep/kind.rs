//! The kinds of provider there are, each with a road of its own after a crash, and what none of its jobs passes.

use kling_emulator::Emulator;

/// The kinds of provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Begins tasks, and finds them by our key: inference.sh.
    Finds,
    /// Begins tasks, and cannot look for them: apiin.
    Forgets,
    /// Answers at once: the picture model of AIML.
    AtOnce,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Finds, Self::Forgets, Self::AtOnce];

    /// What it is called in a trial's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Finds => "finds",
            Self::Forgets => "cannot_find",
            Self::AtOnce => "answers_at_once",
        }
    }

    pub(crate) const fn provider(self) -> &'static str {
        match self {
            Self::Finds => "inferencesh",
            Self::Forgets => "apiin",
            Self::AtOnce => "aimlapi",
        }
    }

    /// The call that costs money.
    pub(crate) const fn submission(self) -> &'static str {
        match self {
            Self::Finds => "POST /apps/run",
            Self::Forgets => "POST /images/generations",
            Self::AtOnce => "POST /v1/images/generations",
        }
    }

    /// The provider's table.
    pub(crate) fn table(self, emulator: &Emulator) -> String {
        let base = emulator.base(self.provider());
        let own = match self {
            // Nobody listens there: the address only carries our key.
            Self::Finds => format!(
                "webhook_base_url = \"{}/nobody\"\nabsence_is_proof = true\n",
                emulator.origin()
            ),
            Self::Forgets | Self::AtOnce => String::new(),
        };
        format!("base_url = \"{base}\"\n{own}")
    }

    /// How long the work takes, in milliseconds of the emulator's time.
    pub(crate) fn takes(self, emulator: &Emulator, millis: u64) {
        let world = emulator.world();
        match self {
            Self::Finds => world.inferencesh.change(|its| its.latency_ms = millis),
            Self::Forgets => world.apiin.change(|its| its.latency_ms = millis),
            Self::AtOnce => world.aimlapi.change(|its| its.latency_ms = millis),
        }
    }

    /// Whether a job of this kind passes a point on the road to it.
    pub(crate) fn passes(self, point: &str) -> bool {
        let none: &[&str] = match self {
            Self::Finds => &[],
            Self::Forgets => &["cancel"],
            Self::AtOnce => &[
                "commit.started",
                "commit.progress",
                "commit.rested",
                "look",
                "cancel",
            ],
        };
        let boundary = point
            .rsplit_once('.')
            .map_or(point, |(boundary, _)| boundary);
        !none.contains(&boundary)
    }
}
