//! What a service weighs: bytes of the heap for each of thousands, counted by the allocator. A test alone in its process, so that nothing else is
//! counted.

use landfall_orchestrator::weighing::{Known, found, written};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Records are in arrays that double. This is near the most that fits into one before it does: what a larger one has besides is memory that nobody
/// has touched.
const SERVICES: u16 = 2_000;
/// What an allocator keeps beside a piece of memory at most: what is rounded up.
const BESIDE: isize = 16;

/// Bytes for each service: all that is kept of it while nobody wants the document uncompressed, and its part of that document.
fn weigh(known: impl FnOnce() -> Known, checks: usize) -> (isize, isize) {
    let region = Region::new(HEAP);
    let mut known = known();
    known.check(checks);
    known.rest();
    let heap = region.change();
    let (services, remembered) = known.counts();
    assert_eq!(services, usize::from(SERVICES));
    assert!(remembered >= services * checks.min(64), "{remembered}");
    let pieces = heap.allocations as isize - heap.deallocations as isize;
    let bytes = heap.bytes_allocated as isize - heap.bytes_deallocated as isize;
    let each = (bytes + pieces * BESIDE) / SERVICES as isize;
    let document = (known.document() / services) as isize;
    (each, document)
}

#[test]
fn a_service_weighs_no_more_than_it_did() {
    // A young history, and one that is as long as it becomes.
    for (checks, bound) in [(2, 315), (70, 376)] {
        let ways = [
            ("sockets", weigh(|| found(SERVICES), checks)),
            ("settings", weigh(|| written(SERVICES), checks)),
        ];
        for (way, (kept, document)) in ways {
            println!(
                "{way}, {checks} checks: {kept} bytes, and {document} of the document while it is wanted"
            );
            assert!(kept <= bound, "{way}, {checks} checks: {kept}");
            assert!(document <= 120, "{way}: {document}");
        }
    }
}
