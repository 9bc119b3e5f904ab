//! Requests and responses of all clients, and their counts.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::AddAssign;

use super::model::{Act, Call, Outcome, Standing, State, explain};
use super::spaces::{Place, start};

/// All requests and responses, by place.
#[derive(Default)]
pub(crate) struct History(HashMap<Place, Vec<Call>>);

impl History {
    pub(crate) fn add(&mut self, other: Self) {
        for (place, calls) in other.0 {
            self.0.entry(place).or_default().extend(calls);
        }
    }

    /// Ends all open calls: what has not happened by now never will.
    pub(crate) fn close(&mut self, now: u64) {
        for call in self.0.values_mut().flatten() {
            call.end.get_or_insert(now);
        }
    }

    /// Ends a call of a place.
    pub(crate) fn end(&mut self, place: Place, index: usize, now: u64) {
        self.0.entry(place).or_default()[index].end = Some(now);
    }

    /// Records a state that the server had at some time between `begin` and `end`.
    pub(crate) fn look(&mut self, found: &HashMap<Place, State>, begin: u64, end: u64) {
        for (&place, state) in found {
            let call = Call {
                begin,
                end: Some(end),
                act: Act::Look(state.map(Standing::only)),
                outcome: Outcome::Done,
            };
            self.note(place, call);
        }
    }

    /// Records a call; returns its index among those of its place.
    pub(crate) fn note(&mut self, place: Place, call: Call) -> usize {
        let calls = self.0.entry(place).or_default();
        calls.push(call);
        calls.len() - 1
    }

    /// Returns the places where no order of the calls explains the responses, or where the server's
    /// state differs from the result of every such order.
    pub(crate) fn compare(&self, found: &HashMap<Place, State>) -> Vec<String> {
        let mut differences = Vec::new();
        for (&place, state) in found {
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

/// Counts of requests and their results.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: u64,
    pub(crate) methods: BTreeMap<&'static str, u64>,
    pub(crate) acknowledged: u64,
    pub(crate) refused: u64,
    pub(crate) faults: BTreeMap<u64, u64>,
    /// Requests whose response was not read.
    pub(crate) lost: u64,
    /// Requests that were not sent completely.
    pub(crate) cut: u64,
    pub(crate) repeated: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    fn faults(&self) -> u64 {
        self.faults.values().sum()
    }

    /// Returns whether every method was called and every kind of fault happened.
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
            "{} requests {:?}: {} changes acknowledged, {} refused, {} faults {:?}, {} \
             responses lost, {} requests cut; {} members repeated in a listing, {} skipped",
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
