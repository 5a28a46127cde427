//! How a probe is kept: eight bytes for each, and [`Details`](super::details::Details) of those that have more to tell.

use std::time::Duration;

use http::StatusCode;

use super::verdict::Reasons;

/// One probe. A run of a million endpoints has millions of these.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    /// 0 where no status was seen.
    status: u16,
    pub(super) state: State,
    /// The reasons of a mismatch, [`DETAIL`](Self::DETAIL), [`WALL`](Self::WALL) and [`LOCATION`](Self::LOCATION).
    marks: u8,
    micros: u32,
}

/// What is known of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    /// Not asked, or not to be judged because the run ended first.
    #[default]
    Unasked,
    Skipped,
    /// Not asked any more: its environment was given up.
    Unreachable,
    /// Answered, not judged yet.
    Answered,
    Match,
    Mismatch,
    /// A mismatch that is known.
    Accepted,
    /// Its own error, which is in its details.
    Error,
    /// Answered, but there is nothing to compare it with.
    NoReference,
}

/// To the nearest tenth of a millisecond, as JSON has it: so a report that is made of another one says the same.
pub(super) fn in_tenths(duration: Duration) -> Duration {
    const TENTH: u32 = 100_000;
    let over = duration.subsec_nanos() % TENTH;
    if over < TENTH / 2 {
        duration.saturating_sub(Duration::from_nanos(over.into()))
    } else {
        duration.saturating_add(Duration::from_nanos((TENTH - over).into()))
    }
}

impl Cell {
    /// That there is a [`Detail`](super::Detail): a look-up that finds nothing costs more than this.
    const DETAIL: u8 = 1 << Reasons::BITS;
    /// That a wall in front of its environment answered. What would be so without it stays known.
    const WALL: u8 = Self::DETAIL << 1;
    /// That where it leads is kept among the locations, and not with its details.
    const LOCATION: u8 = Self::WALL << 1;

    pub(super) fn skipped() -> Self {
        Self {
            state: State::Skipped,
            ..Self::default()
        }
    }

    pub(super) fn unreachable() -> Self {
        Self {
            state: State::Unreachable,
            ..Self::default()
        }
    }

    pub(super) fn answered(status: Option<StatusCode>, duration: Duration) -> Self {
        Self {
            status: status.map_or(0, |status| status.as_u16()),
            state: State::Answered,
            marks: 0,
            // 71 minutes at most, longer than any attempt that is worth waiting for.
            micros: u32::try_from(in_tenths(duration).as_micros()).unwrap_or(u32::MAX),
        }
    }

    pub(super) fn status(self) -> Option<StatusCode> {
        StatusCode::from_u16(self.status).ok()
    }

    pub(super) fn has_detail(self) -> bool {
        self.marks & Self::DETAIL != 0
    }

    pub(super) fn mark_detail(&mut self) {
        self.marks |= Self::DETAIL;
    }

    /// That a location is all that it has to tell besides.
    pub(super) fn mark_location(&mut self) {
        self.marks |= Self::LOCATION;
    }

    /// That its location is with its details from now on.
    pub(super) fn move_location(&mut self) {
        self.marks = self.marks & !Self::LOCATION | Self::DETAIL;
    }

    pub(super) fn has_location(self) -> bool {
        self.marks & Self::LOCATION != 0
    }

    /// Whether there is anything to tell of it besides its status and its time.
    pub(super) fn has_more(self) -> bool {
        self.has_detail() || self.has_location()
    }

    pub(super) fn is_walled(self) -> bool {
        self.marks & Self::WALL != 0
    }

    pub(super) fn set_walled(&mut self, is_walled: bool) {
        self.marks &= !Self::WALL;
        if is_walled {
            self.marks |= Self::WALL;
        }
    }

    /// Why a mismatch, accepted or not; of a probe that is not judged, what is known already.
    pub(super) fn reasons(self) -> Reasons {
        Reasons::of_bits(self.marks)
    }

    pub(super) fn add_reasons(&mut self, reasons: Reasons) {
        self.marks |= reasons.bits();
    }

    pub(super) fn duration(self) -> Duration {
        Duration::from_micros(self.micros.into())
    }
}
