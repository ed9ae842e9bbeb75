//! Loops for the widest registers of the processor at hand.
//!
//! Work is a struct and not a closure: only what is inlined into `pulp`'s functions is compiled
//! for those registers, and a closure of some size isn't. Sums keep their order on all of them.

use faer::traits::pulp::Arch;
pub(crate) use faer::traits::pulp::NullaryFnOnce as Wide;

/// Does `work`, whose `call` is to be `#[inline(always)]`.
#[inline]
pub(crate) fn wide<W: Wide>(work: W) -> W::Output {
    Arch::new().dispatch(work)
}
