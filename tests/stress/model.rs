//! What members may be, by a model of its own that knows nothing of the server's code: every answer
//! must be explained by one order of the changes that fits the times of the requests.
//!
//! The members of a space with a manager who never goes are independent of each other, so each is
//! checked by itself, which is as good as checking all at once. Where managers come and go, the
//! space is checked as a whole, for its last one stays.

use std::collections::{BTreeSet, HashMap, HashSet};

/// What a member is.
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
        match self {
            Self::Absent => "",
            Self::Member => "ROLE_MEMBER",
            Self::Assistant => "ROLE_ASSISTANT_MANAGER",
            Self::Manager => "ROLE_MANAGER",
        }
    }

    pub(crate) fn of(role: &str) -> Self {
        let mut roles = Self::ROLES.into_iter();
        roles.find(|standing| standing.role() == role).unwrap()
    }

    /// A set with this alone.
    pub(crate) fn only(self) -> u8 {
        1 << self as u8
    }
}

/// A set with everything.
pub(crate) const ANY: u8 = 0b1111;

/// How many members are checked together at most.
pub(crate) const TOGETHER: usize = 4;

pub(crate) type State = [Standing; TOGETHER];

/// What was asked, of the n-th of the members that are checked together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    Create(usize),
    Delete(usize),
    Patch(usize, Standing),
    /// Each is one of a set.
    Look([u8; TOGETHER]),
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Exists,
    Missing,
    OnlyManager,
    /// Nobody knows: it was done, refused, or never read.
    Lost,
}

/// The model: what an act makes of members, and what is answered.
fn step(state: State, act: Act) -> (State, Outcome) {
    let only_manager = |member: usize| {
        let managers = state.iter().filter(|s| **s == Standing::Manager).count();
        state[member] == Standing::Manager && managers == 1
    };
    let with = |member: usize, standing| {
        let mut state = state;
        state[member] = standing;
        (state, Outcome::Done)
    };
    match act {
        Act::Create(member) if state[member] != Standing::Absent => (state, Outcome::Exists),
        Act::Create(member) => with(member, Standing::Member),
        Act::Delete(member) | Act::Patch(member, _) if state[member] == Standing::Absent => {
            (state, Outcome::Missing)
        }
        Act::Delete(member) if only_manager(member) => (state, Outcome::OnlyManager),
        Act::Delete(member) => with(member, Standing::Absent),
        Act::Patch(member, role) if role != Standing::Manager && only_manager(member) => {
            (state, Outcome::OnlyManager)
        }
        Act::Patch(member, role) => with(member, role),
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
            (state, outcome)
        }
    }
}

/// A request and its answer, by the ticks of one clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// Before it was sent.
    pub(crate) begin: u64,
    /// After the answer was there; of one that is lost, when it could not happen any more, if ever.
    pub(crate) end: Option<u64>,
    pub(crate) act: Act,
    pub(crate) outcome: Outcome,
}

impl Call {
    /// Whether it was a look or a refusal.
    fn changes_nothing(&self) -> bool {
        matches!(self.act, Act::Look(_)) || self.outcome != Outcome::Done
    }
}

/// One way in which everything until now may have happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    state: State,
    /// Of the calls under way, the changes that have happened already, in their order.
    done: Vec<usize>,
    /// Of the calls under way, the looks and refusals that have happened already.
    seen: Vec<usize>,
    /// How many of the lost acts of each kind have happened.
    lost: Vec<u32>,
}

impl World {
    /// Whether whatever may come after another world may come after this one too.
    fn covers(&self, other: &Self) -> bool {
        self.state == other.state
            && self.done == other.done
            && self.lost.iter().zip(&other.lost).all(|(a, b)| a <= b)
            && other.seen.iter().all(|call| self.seen.contains(call))
    }

    /// A look or a refusal happens as soon as it can: it changes nothing.
    fn settle(&mut self, calls: &[Call], under_way: &[usize]) {
        for &index in under_way {
            let call = &calls[index];
            let fits = call.changes_nothing() && step(self.state, call.act).1 == call.outcome;
            if fits && !self.seen.contains(&index) {
                self.seen.push(index);
            }
        }
    }

    /// The worlds in which one more of the calls under way has happened.
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

    /// The worlds in which one more of the lost acts has happened.
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

    /// Forgets a call that has happened; whether it had.
    fn end(&mut self, call: usize) -> bool {
        let before = self.done.len() + self.seen.len();
        self.done.retain(|other| *other != call);
        self.seen.retain(|other| *other != call);
        self.done.len() + self.seen.len() < before
    }
}

/// The worlds that no other covers.
#[derive(Default)]
struct Worlds(HashMap<State, Vec<World>>);

impl Worlds {
    /// Whether it is new.
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

/// What members may be after calls, in the orders that explain every answer.
///
/// # Errors
///
/// If no order does: the first answer that cannot be, with those around it.
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
                // It happened, if only just now, or never will.
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
    // What is lost may still happen: nobody looks until it has.
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

/// The worlds that more of what is under way or lost makes of others: those in which a call has just
/// happened, or all.
fn reach(
    call: Option<usize>,
    worlds: Vec<World>,
    calls: &[Call],
    under_way: &[usize],
    kinds: &[Act],
    left: &[u32],
) -> Vec<World> {
    let (mut reached, mut seen) = (Worlds::default(), Worlds::default());
    // Those with the fewest steps first, so that few are looked at that others cover.
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

    const NOBODY: State = [Absent; TOGETHER];

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
    fn what_cannot_be_is_found() {
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
            // One of two at once is told that the other was first.
            (
                vec![call(1, 3, create, Done), call(2, 4, create, Exists)],
                true,
            ),
            (
                vec![call(1, 3, create, Done), call(2, 4, create, Done)],
                false,
            ),
            // The order of what does not overlap is known.
            (
                vec![call(1, 2, create, Exists), call(3, 4, create, Done)],
                false,
            ),
            // A lost change happened, did not, or happened late.
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
            // A look in the midst of a change sees one or the other, and nobody sees it undone.
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
            // What is told to be as it was may have been changed and changed back.
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
            assert_eq!(explain(NOBODY, &calls).is_ok(), expected, "{calls:?}");
        }
        let mut two = NOBODY;
        (two[0], two[1]) = (Manager, Manager);
        // Of two managers who leave at once, one stays.
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
