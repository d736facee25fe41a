//! What people saw, as far back as it is kept.

use std::collections::VecDeque;

use super::event::ChannelEvent;

/// The most events kept; older ones are forgotten. Enough for hours of a busy demo.
const KEPT: usize = 20_000;

/// Events in the order of their numbers, which have no gaps.
#[derive(Debug, Default)]
pub(crate) struct History {
    events: VecDeque<ChannelEvent>,
    /// The number of the last one.
    last: u64,
}

impl History {
    /// The number that the next event gets.
    pub(crate) fn next_seq(&self) -> u64 {
        self.last + 1
    }

    /// Adds an event with the next number.
    pub(crate) fn push(&mut self, event: ChannelEvent) {
        self.last = event.seq;
        self.events.push_back(event);
        if self.events.len() > KEPT {
            self.events.pop_front();
        }
    }

    /// The events with a number above `after`, oldest first.
    pub(crate) fn after(&self, after: u64) -> impl Iterator<Item = &ChannelEvent> {
        let first = self.events.partition_point(|event| event.seq <= after);
        self.events.range(first..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::event::{Author, Change};
    use crate::discord::snowflake::Snowflake;

    fn event(seq: u64) -> ChannelEvent {
        let author = Author {
            id: Snowflake(1),
            name: String::new(),
            bot: true,
        };
        ChannelEvent {
            seq,
            at_ms: 0,
            event: Change::Message,
            channel_id: Snowflake(2),
            message_id: None,
            author,
            ephemeral: false,
            only_for: None,
            loading: false,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            mentions: Vec::new(),
            silent: false,
            attachments: Vec::new(),
            interaction_id: None,
            reference: None,
        }
    }

    #[test]
    fn old_events_are_forgotten_and_numbers_go_on() {
        let mut history = History::default();

        for _ in 0..KEPT + 5 {
            history.push(event(history.next_seq()));
        }

        let numbers: Vec<u64> = history.after(0).map(|event| event.seq).collect();
        assert_eq!((numbers.len(), numbers[0]), (KEPT, 6));
        let last = KEPT as u64 + 5;
        assert_eq!(
            history
                .after(last - 1)
                .map(|event| event.seq)
                .collect::<Vec<_>>(),
            [last]
        );
        assert_eq!(history.after(last).count(), 0);
        assert_eq!(history.after(u64::MAX).count(), 0);
    }
}
