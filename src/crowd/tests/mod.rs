//! A hostile directory, and a broken one: every answer of Crowd that decides anything is given wrongly, in every way that
//! we know, while all others are right. None of them lets anybody in, each has words of our own, and the right answer is
//! tried beside them, so that no table holds by letting nobody in at all.

mod bodies;
mod kept;
mod names;
mod slow;
mod statuses;
mod wire;
mod world;
