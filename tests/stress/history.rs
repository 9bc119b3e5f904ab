//! What clients asked and were answered, and how it is counted.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::AddAssign;

use super::model::{Act, Call, Outcome, Standing, State, explain};
use super::spaces::{Place, start};

/// Everything that was asked and answered.
#[derive(Default)]
pub(crate) struct History(HashMap<Place, Vec<Call>>);

impl History {
    pub(crate) fn add(&mut self, other: Self) {
        for (place, calls) in other.0 {
            self.0.entry(place).or_default().extend(calls);
        }
    }

    /// From now on, nothing happens any more that has not.
    pub(crate) fn close(&mut self, now: u64) {
        for call in self.0.values_mut().flatten() {
            call.end.get_or_insert(now);
        }
    }

    /// A call of a place is over.
    pub(crate) fn end(&mut self, place: Place, index: usize, now: u64) {
        self.0.entry(place).or_default()[index].end = Some(now);
    }

    /// Notes what was there at some moment between then and now.
    pub(crate) fn look(&mut self, there: &HashMap<Place, State>, begin: u64, end: u64) {
        for (&place, state) in there {
            let call = Call {
                begin,
                end: Some(end),
                act: Act::Look(state.map(Standing::only)),
                outcome: Outcome::Done,
            };
            self.note(place, call);
        }
    }

    /// The call's place among those of its place.
    pub(crate) fn note(&mut self, place: Place, call: Call) -> usize {
        let calls = self.0.entry(place).or_default();
        calls.push(call);
        calls.len() - 1
    }

    /// The places where no order explains the answers, or the server has something else than any
    /// that does.
    pub(crate) fn compare(&self, there: &HashMap<Place, State>) -> Vec<String> {
        let mut differences = Vec::new();
        for (&place, state) in there {
            let calls = self.0.get(&place).map_or(&[][..], Vec::as_slice);
            match explain(start(place), calls) {
                Err(error) => differences.push(format!("{place:?}: {error}")),
                Ok(ends) => {
                    if !ends.contains(state) {
                        differences.push(format!("{place:?}: {state:?}, expected {ends:?}"));
                    }
                }
            }
        }
        differences
    }
}

/// How many requests there were, of which kind, and what became of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: u64,
    pub(crate) methods: BTreeMap<&'static str, u64>,
    pub(crate) acknowledged: u64,
    pub(crate) refused: u64,
    pub(crate) faults: BTreeMap<u64, u64>,
    /// Those whose answer nobody read, and those that were not sent to the end.
    pub(crate) lost: u64,
    pub(crate) cut: u64,
    pub(crate) repeated: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    fn faults(&self) -> u64 {
        self.faults.values().sum()
    }

    /// Whether every method was asked, and every kind of fault happened.
    pub(crate) fn is_complete(&self) -> bool {
        self.methods.len() == 5 && self.faults.len() == 4
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        for (method, count) in other.methods {
            *self.methods.entry(method).or_default() += count;
        }
        for (status, count) in other.faults {
            *self.faults.entry(status).or_default() += count;
        }
        self.requests += other.requests;
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.lost += other.lost;
        self.cut += other.cut;
        self.repeated += other.repeated;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} requests {:?}: {} changes acknowledged, {} refused, {} faults {:?}, {} answers \
             lost, {} requests cut; {} members repeated in a listing, {} skipped",
            self.requests,
            self.methods,
            self.acknowledged,
            self.refused,
            self.faults(),
            self.faults,
            self.lost,
            self.cut,
            self.repeated,
            self.skipped
        )
    }
}
