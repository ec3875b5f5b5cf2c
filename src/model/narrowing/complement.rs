//! The set algebra of statements: what some statements leave out, as statements again. A statement is about a rectangle,
//! some actions on some resources, each said by patterns.
//!
//! A request is outside the rectangles A₁×R₁ … Aₙ×Rₙ if for each of them its action is outside Aᵢ or its resource is outside
//! Rᵢ. So everything outside is the union, over all choices S of some of the rectangles, of “no action of those in S, on no
//! resource of the others”, and that is one statement with NotAction and NotResource. Patterns are never compared with each
//! other but for being the same text.

use std::collections::BTreeSet;

use super::fault::{Obstacle, PolicyFault};
use super::intersection::MOST_ALLOWING;

/// Actions or resources: those that some pattern matches, or those that none does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    Only(BTreeSet<String>),
    AllBut(BTreeSet<String>),
}

/// Some actions on some resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rectangle {
    pub actions: Selection,
    pub resources: Selection,
}

impl Selection {
    const EVERYTHING: Self = Self::AllBut(BTreeSet::new());
    const NOTHING: Self = Self::Only(BTreeSet::new());

    pub fn only(patterns: BTreeSet<String>) -> Self {
        if patterns.contains("*") { Self::EVERYTHING } else { Self::Only(patterns) }
    }

    pub fn all_but(patterns: BTreeSet<String>) -> Self {
        Self::only(patterns).complement()
    }

    pub const fn patterns(&self) -> &BTreeSet<String> {
        match self {
            Self::Only(patterns) | Self::AllBut(patterns) => patterns,
        }
    }

    fn complement(self) -> Self {
        match self {
            Self::Only(patterns) => Self::AllBut(patterns),
            Self::AllBut(patterns) => Self::Only(patterns),
        }
    }

    /// What is in either, where that can be said by patterns.
    fn union(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (one, other) if one == other => Some(one.clone()),
            (any, other) | (other, any) if *any == Self::EVERYTHING || *other == Self::NOTHING => Some(any.clone()),
            (Self::Only(one), Self::Only(other)) => Some(Self::Only(one | other)),
            _ => None,
        }
    }

    /// What is in none of them, where that can be said by patterns.
    fn outside_all<'a>(selections: impl Iterator<Item = &'a Self>) -> Option<Self> {
        let mut union = Self::NOTHING;
        for selection in selections {
            union = union.union(selection)?;
        }
        Some(union.complement())
    }

    /// Whether all of the other is surely in this one.
    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Only(one), Self::Only(other)) => one.is_superset(other),
            (Self::AllBut(one), Self::AllBut(other)) => one.is_subset(other),
            (Self::AllBut(one), Self::Only(_)) => one.is_empty(),
            (Self::Only(_), Self::AllBut(_)) => false,
        }
    }
}

impl Rectangle {
    fn is_nothing(&self) -> bool {
        self.actions == Selection::NOTHING || self.resources == Selection::NOTHING
    }

    /// Both as one, where they are alike in actions or in resources.
    fn union(&self, other: &Self) -> Option<Self> {
        if self.resources == other.resources {
            let actions = self.actions.union(&other.actions)?;
            return Some(Self { actions, resources: self.resources.clone() });
        }
        if self.actions == other.actions {
            let resources = self.resources.union(&other.resources)?;
            return Some(Self { actions: self.actions.clone(), resources });
        }
        None
    }

    fn covers(&self, other: &Self) -> bool {
        self.actions.covers(&other.actions) && self.resources.covers(&other.resources)
    }
}

/// Everything that is in none of the rectangles.
pub fn outside(rectangles: Vec<Rectangle>) -> Result<Vec<Rectangle>, PolicyFault> {
    let rectangles = put_together(rectangles);
    let count = rectangles.len();
    if count == 0 {
        return Err(PolicyFault::NothingAllowed);
    }
    if count > MOST_ALLOWING {
        return Err(PolicyFault::Joining(Obstacle::TooManyAllowing(count)));
    }
    let mut outside = Vec::new();
    for choice in 0..1_usize << count {
        let part = |chosen: bool| {
            let is_chosen = move |position: usize| (choice >> position & 1 == 1) == chosen;
            rectangles.iter().enumerate().filter(move |(position, _)| is_chosen(*position)).map(|(_, it)| it)
        };
        let actions = Selection::outside_all(part(true).map(|rectangle| &rectangle.actions));
        let resources = Selection::outside_all(part(false).map(|rectangle| &rectangle.resources));
        let is_nothing = |part: &Option<Selection>| part.as_ref() == Some(&Selection::NOTHING);
        match (actions, resources) {
            (actions, resources) if is_nothing(&actions) || is_nothing(&resources) => {}
            (Some(actions), Some(resources)) => outside.push(Rectangle { actions, resources }),
            _ => return Err(PolicyFault::Joining(Obstacle::Exclusion)),
        }
    }
    Ok(without_covered(outside))
}

/// The same in fewer rectangles, and none that holds nothing.
fn put_together(rectangles: Vec<Rectangle>) -> Vec<Rectangle> {
    let mut together: Vec<Rectangle> = Vec::new();
    for mut rectangle in rectangles.into_iter().filter(|rectangle| !rectangle.is_nothing()) {
        while let Some((position, union)) =
            together.iter().enumerate().find_map(|(position, other)| Some((position, other.union(&rectangle)?)))
        {
            together.remove(position);
            rectangle = union;
        }
        together.push(rectangle);
    }
    together
}

fn without_covered(rectangles: Vec<Rectangle>) -> Vec<Rectangle> {
    let mut kept: Vec<Rectangle> = Vec::new();
    for rectangle in rectangles {
        if kept.iter().any(|other| other.covers(&rectangle)) {
            continue;
        }
        kept.retain(|other| !rectangle.covers(other));
        kept.push(rectangle);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(patterns: &[&str]) -> BTreeSet<String> {
        patterns.iter().map(|pattern| (*pattern).to_owned()).collect()
    }

    fn only(texts: &[&str]) -> Selection {
        Selection::only(patterns(texts))
    }

    fn all_but(texts: &[&str]) -> Selection {
        Selection::all_but(patterns(texts))
    }

    fn rectangle(actions: Selection, resources: Selection) -> Rectangle {
        Rectangle { actions, resources }
    }

    #[test]
    fn what_holds_nothing_allows_nothing() {
        for nothing in [rectangle(only(&[]), only(&["r"])), rectangle(only(&["a"]), only(&[]))] {
            assert!(matches!(outside(vec![nothing.clone()]), Err(PolicyFault::NothingAllowed)), "{nothing:?}");
        }
    }

    #[test]
    fn alike_in_one_way_are_one() {
        let two = |one, other| outside(vec![one, other]).unwrap();
        let outside = [rectangle(all_but(&["a", "b"]), all_but(&[])), rectangle(all_but(&[]), all_but(&["r"]))];
        let found = two(rectangle(only(&["a"]), only(&["r"])), rectangle(only(&["b"]), only(&["r"])));
        assert!(found.len() == 2 && outside.iter().all(|part| found.contains(part)), "{found:?}");
        assert_eq!(put_together(vec![outside[0].clone(), outside[0].clone()]), [outside[0].clone()]);
        let by_actions = [rectangle(only(&["a"]), only(&["r"])), rectangle(only(&["a"]), only(&["s"]))];
        assert_eq!(put_together(by_actions.to_vec()), [rectangle(only(&["a"]), only(&["r", "s"]))]);
    }

    #[test]
    fn what_is_covered_is_left_out() {
        let (small, large) = (rectangle(only(&["a"]), only(&["r"])), rectangle(only(&["a", "b"]), all_but(&[])));
        for [one, other] in [[&small, &large], [&large, &small]] {
            assert_eq!(without_covered(vec![one.clone(), other.clone()]), std::slice::from_ref(&large));
        }
        for (one, other, covers) in [
            (only(&["a", "b"]), only(&["a"]), true),
            (only(&["a"]), only(&["a", "b"]), false),
            (all_but(&["a"]), all_but(&["a", "b"]), true),
            (all_but(&["a", "b"]), all_but(&["a"]), false),
            (all_but(&[]), only(&["a"]), true),
            (all_but(&["b"]), only(&["a"]), false),
            (only(&["a"]), all_but(&["a"]), false),
        ] {
            assert_eq!(one.covers(&other), covers, "{one:?} {other:?}");
        }
    }
}
