//! A model of memberships that follows the shared rules. It checks linearizability: one order of the
//! changes, compatible with the times of the requests, must explain every response.
//!
//! In a space with a permanent manager the members are independent of each other, so each is checked
//! separately. In a space whose managers change, all members are checked together, because the last
//! manager cannot be removed.

use std::collections::{BTreeSet, HashMap, HashSet};

use oracle::rules::{self, Caller, Refusal, Role, Space, Target};

/// Standing of a member in a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Standing {
    Absent,
    Member,
    Assistant,
    Manager,
}

impl Standing {
    pub(crate) const ROLES: [Self; 3] = [Self::Member, Self::Assistant, Self::Manager];

    pub(crate) fn role(self) -> &'static str {
        self.in_rules().name()
    }

    fn in_rules(self) -> Role {
        match self {
            Self::Absent => Role::None,
            Self::Member => Role::Member,
            Self::Assistant => Role::AssistantManager,
            Self::Manager => Role::Manager,
        }
    }

    pub(crate) fn of(role: &str) -> Self {
        let mut roles = Self::ROLES.into_iter();
        roles.find(|standing| standing.role() == role).unwrap()
    }

    /// Returns the set of only this standing.
    pub(crate) fn only(self) -> u8 {
        1 << self as u8
    }
}

/// The set of all standings.
pub(crate) const ANY: u8 = 0b1111;

/// Maximum number of members that are checked together.
pub(crate) const TOGETHER: usize = 4;

pub(crate) type State = [Standing; TOGETHER];

/// A request about the n-th of the members that are checked together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    Create(usize),
    Delete(usize),
    Patch(usize, Standing),
    /// A read that found each member's standing to be in a set.
    Look([u8; TOGETHER]),
}

/// Outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Exists,
    Missing,
    OnlyManager,
    /// Unknown: the request was executed, refused, or never read.
    Lost,
}

/// Returns the outcome of a refused request.
fn outcome(refusal: Refusal) -> Outcome {
    match refusal {
        Refusal::Exists => Outcome::Exists,
        Refusal::Missing => Outcome::Missing,
        Refusal::Precondition => Outcome::OnlyManager,
        other => panic!("the clients may do everything: {other:?}"),
    }
}

/// The model: the state after an act, and its outcome.
fn step(state: State, act: Act) -> (State, Outcome) {
    let caller = Caller::UNRESTRICTED;
    let space = Space {
        owners: state.iter().filter(|s| **s == Standing::Manager).count(),
        ..Space::PLAIN
    };
    let target = |member: usize| Target::person(state[member].in_rules());
    let (member, standing, result) = match act {
        Act::Create(member) => {
            let result = rules::create(&caller, &space, target(member), true);
            (member, Standing::Member, result.map(drop))
        }
        Act::Delete(member) => {
            let result = rules::delete(&caller, &space, target(member));
            (member, Standing::Absent, result)
        }
        Act::Patch(member, role) => {
            let result = rules::patch(&caller, &space, target(member), role.in_rules());
            (member, role, result)
        }
        Act::Look(sets) => {
            let fits = state
                .iter()
                .zip(sets)
                .all(|(standing, set)| standing.only() & set != 0);
            let outcome = if fits {
                Outcome::Done
            } else {
                Outcome::Missing
            };
            return (state, outcome);
        }
    };
    if let Err(refusal) = result {
        return (state, outcome(refusal));
    }
    let mut state = state;
    state[member] = standing;
    (state, Outcome::Done)
}

/// A request and its response, with ticks of a common clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// Time before the request was sent.
    pub(crate) begin: u64,
    /// Time after the response was received. For a lost request, the time from which it can no longer
    /// happen, if known.
    pub(crate) end: Option<u64>,
    pub(crate) act: Act,
    pub(crate) outcome: Outcome,
}

impl Call {
    /// Returns whether it is a look or a refusal.
    fn changes_nothing(&self) -> bool {
        matches!(self.act, Act::Look(_)) || self.outcome != Outcome::Done
    }
}

/// One possible history up to now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    state: State,
    /// Changes in progress that have already happened, sorted by index.
    done: Vec<usize>,
    /// Looks and refusals in progress that have already happened.
    seen: Vec<usize>,
    /// Number of lost acts of each kind that have happened.
    lost: Vec<u32>,
}

impl World {
    /// Returns whether every future of the other world is also a future of this one.
    fn covers(&self, other: &Self) -> bool {
        self.state == other.state
            && self.done == other.done
            && self.lost.iter().zip(&other.lost).all(|(a, b)| a <= b)
            && other.seen.iter().all(|call| self.seen.contains(call))
    }

    /// Makes looks and refusals happen as soon as they can, because they change nothing.
    fn settle(&mut self, calls: &[Call], under_way: &[usize]) {
        for &index in under_way {
            let call = &calls[index];
            let fits = call.changes_nothing() && step(self.state, call.act).1 == call.outcome;
            if fits && !self.seen.contains(&index) {
                self.seen.push(index);
            }
        }
    }

    /// Returns the worlds in which one more call in progress has happened.
    fn next(&self, calls: &[Call], under_way: &[usize]) -> Vec<Self> {
        let left = under_way.iter().filter(|call| !self.done.contains(call));
        let next = left.filter_map(|&index| {
            let call = &calls[index];
            let (state, outcome) = step(self.state, call.act);
            (!call.changes_nothing() && outcome == call.outcome).then(|| {
                let mut world = Self {
                    state,
                    ..self.clone()
                };
                world.done.push(index);
                world.done.sort_unstable();
                world
            })
        });
        next.collect()
    }

    /// Returns the worlds in which one more lost act has happened.
    fn next_lost(&self, kinds: &[Act], left: &[u32]) -> Vec<Self> {
        let next = kinds.iter().enumerate().filter_map(|(kind, act)| {
            let (state, _) = step(self.state, *act);
            (self.lost[kind] < left[kind] && state != self.state).then(|| {
                let mut world = Self {
                    state,
                    ..self.clone()
                };
                world.lost[kind] += 1;
                world
            })
        });
        next.collect()
    }

    /// Forgets a call that has ended. Returns whether it had happened.
    fn end(&mut self, call: usize) -> bool {
        let before = self.done.len() + self.seen.len();
        self.done.retain(|other| *other != call);
        self.seen.retain(|other| *other != call);
        self.done.len() + self.seen.len() < before
    }
}

/// Worlds that no other world covers.
#[derive(Default)]
struct Worlds(HashMap<State, Vec<World>>);

impl Worlds {
    /// Inserts a world. Returns whether no other one covers it.
    fn insert(&mut self, world: World) -> bool {
        let alike = self.0.entry(world.state).or_default();
        if alike.iter().any(|other| other.covers(&world)) {
            return false;
        }
        alike.retain(|other| !world.covers(other));
        alike.push(world);
        true
    }

    fn into_vec(self) -> Vec<World> {
        self.0.into_values().flatten().collect()
    }
}

/// Returns the possible states after the calls, over all orders that explain every response.
///
/// # Errors
///
/// If no order explains every response: the first inexplicable call, with the calls around it.
pub(crate) fn explain(start: State, calls: &[Call]) -> Result<HashSet<State>, String> {
    let mut kinds: Vec<Act> = Vec::new();
    let mut kind_of = vec![None; calls.len()];
    let mut events = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        if call.outcome == Outcome::Lost {
            if matches!(call.act, Act::Look(_)) {
                continue;
            }
            let kind = kinds.iter().position(|kind| *kind == call.act);
            kind_of[index] = Some(kind.unwrap_or_else(|| {
                kinds.push(call.act);
                kinds.len() - 1
            }));
        }
        events.push((call.begin, false, index));
        events.extend(call.end.map(|end| (end, true, index)));
    }
    events.sort_unstable();
    let mut left = vec![0; kinds.len()];
    let mut under_way: Vec<usize> = Vec::new();
    let mut worlds = vec![World {
        state: start,
        done: Vec::new(),
        seen: Vec::new(),
        lost: vec![0; kinds.len()],
    }];
    for (event, &(_, ends, call)) in events.iter().enumerate() {
        match (kind_of[call], ends) {
            (Some(kind), false) => left[kind] += 1,
            (Some(kind), true) => {
                // By now it has happened, or never will.
                let mut fewer = Worlds::default();
                let all = reach(None, worlds, calls, &under_way, &kinds, &left);
                left[kind] -= 1;
                for mut world in all {
                    world.lost[kind] = u32::saturating_sub(world.lost[kind], 1);
                    fewer.insert(world);
                }
                worlds = fewer.into_vec();
            }
            (None, false) => {
                under_way.push(call);
                for world in &mut worlds {
                    world.settle(calls, &[call]);
                }
            }
            (None, true) => {
                worlds = reach(Some(call), worlds, calls, &under_way, &kinds, &left);
                under_way.retain(|other| *other != call);
                if worlds.is_empty() {
                    let around = &events[event.saturating_sub(40)..(event + 10).min(events.len())];
                    let around: BTreeSet<_> = around.iter().map(|(_, _, call)| *call).collect();
                    let around = around.iter().map(|call| format!("\n{:?}", calls[*call]));
                    let around: String = around.collect();
                    return Err(format!(
                        "no order explains {:?}, among{around}",
                        calls[call]
                    ));
                }
            }
        }
    }
    // Lost acts may still happen.
    let mut ends = HashSet::new();
    let mut seen = Worlds::default();
    let mut open = worlds;
    while let Some(world) = open.pop() {
        ends.insert(world.state);
        for next in world.next_lost(&kinds, &left) {
            if seen.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    Ok(ends)
}

/// Returns the worlds that can be reached by calls in progress and lost acts: those in which `call` has
/// happened, or all of them.
fn reach(
    call: Option<usize>,
    worlds: Vec<World>,
    calls: &[Call],
    under_way: &[usize],
    kinds: &[Act],
    left: &[u32],
) -> Vec<World> {
    let (mut reached, mut seen) = (Worlds::default(), Worlds::default());
    // Breadth first, so that few worlds are examined that others cover.
    let (mut open, mut next) = (worlds, Vec::new());
    while !open.is_empty() {
        for mut world in open.drain(..) {
            match call {
                Some(call) => {
                    if world.end(call) {
                        reached.insert(world);
                        continue;
                    }
                }
                None => {
                    reached.insert(world.clone());
                }
            }
            let more = world.next(calls, under_way).into_iter();
            for mut world in more.chain(world.next_lost(kinds, left)) {
                world.settle(calls, under_way);
                if seen.insert(world.clone()) {
                    next.push(world);
                }
            }
        }
        std::mem::swap(&mut open, &mut next);
    }
    reached.into_vec()
}

mod tests {
    use super::Standing::{Absent, Assistant, Manager, Member};
    use super::{Act, Call, Outcome, Standing, State, TOGETHER, explain};

    const ALL_ABSENT: State = [Absent; TOGETHER];

    fn call(begin: u64, end: u64, act: Act, outcome: Outcome) -> Call {
        let end = Some(end);
        Call {
            begin,
            end,
            act,
            outcome,
        }
    }

    fn look(standing: Standing) -> Act {
        Act::Look([standing.only(), super::ANY, super::ANY, super::ANY])
    }

    #[test]
    fn impossible_responses_are_detected() {
        use Outcome::{Done, Exists, Lost, Missing, OnlyManager};
        let (create, delete) = (Act::Create(0), Act::Delete(0));
        let patch = |role| Act::Patch(0, role);
        let lost = |begin, act| Call {
            end: None,
            ..call(begin, 0, act, Lost)
        };
        for (calls, expected) in [
            (vec![call(1, 2, create, Done)], true),
            (vec![call(1, 2, create, Exists)], false),
            // One of two concurrent creations finds that the other was first.
            (
                vec![call(1, 3, create, Done), call(2, 4, create, Exists)],
                true,
            ),
            (
                vec![call(1, 3, create, Done), call(2, 4, create, Done)],
                false,
            ),
            // The order of calls that do not overlap is known.
            (
                vec![call(1, 2, create, Exists), call(3, 4, create, Done)],
                false,
            ),
            // A lost change happened, did not happen, or happened late.
            (vec![lost(1, create), call(2, 3, look(Member), Done)], true),
            (vec![lost(1, create), call(2, 3, look(Absent), Done)], true),
            (
                vec![
                    lost(1, create),
                    call(2, 3, look(Absent), Done),
                    call(4, 5, look(Member), Done),
                ],
                true,
            ),
            (
                vec![
                    lost(1, create),
                    call(2, 3, look(Member), Done),
                    call(4, 5, look(Absent), Done),
                ],
                false,
            ),
            (
                vec![
                    call(1, 3, create, Lost),
                    call(4, 5, look(Absent), Done),
                    call(6, 7, look(Member), Done),
                ],
                false,
            ),
            (
                vec![
                    call(1, 6, create, Lost),
                    call(2, 3, look(Absent), Done),
                    call(7, 8, look(Member), Done),
                ],
                true,
            ),
            // A look during a change sees the state before or after it; a later look cannot go back.
            (
                vec![
                    call(1, 9, create, Done),
                    call(2, 3, look(Absent), Done),
                    call(4, 5, look(Member), Done),
                ],
                true,
            ),
            (
                vec![
                    call(1, 9, create, Done),
                    call(2, 3, look(Member), Done),
                    call(4, 5, look(Absent), Done),
                ],
                false,
            ),
            (
                vec![
                    call(1, 2, create, Done),
                    call(3, 4, patch(Assistant), Done),
                    call(5, 6, look(Member), Done),
                ],
                false,
            ),
            (
                vec![
                    call(1, 2, create, Done),
                    call(3, 4, patch(Manager), Done),
                    call(5, 6, delete, OnlyManager),
                    call(7, 8, patch(Member), Done),
                ],
                false,
            ),
            (
                vec![call(1, 2, delete, Missing), call(3, 4, delete, Done)],
                false,
            ),
            // A state that looks unchanged may have been changed and changed back.
            (
                vec![
                    call(1, 2, create, Done),
                    call(3, 20, patch(Member), Done),
                    call(4, 5, patch(Assistant), Done),
                    call(6, 7, look(Assistant), Done),
                    call(8, 9, look(Member), Done),
                ],
                true,
            ),
        ] {
            assert_eq!(explain(ALL_ABSENT, &calls).is_ok(), expected, "{calls:?}");
        }
        let mut two = ALL_ABSENT;
        (two[0], two[1]) = (Manager, Manager);
        // If two managers leave concurrently, one of them stays.
        let leave = |outcome| {
            [
                call(1, 3, Act::Delete(0), Done),
                call(2, 4, Act::Delete(1), outcome),
            ]
        };
        assert!(explain(two, &leave(Done)).is_err());
        let ends = explain(two, &leave(OnlyManager)).unwrap();
        assert_eq!(ends.len(), 1);
        assert!(ends.contains(&[Absent, Manager, Absent, Absent]));
    }
}
