//! Room for columns in a guest's memory.

use wasmtime::{Memory, TypedFunc};

use super::error::{Error, Result};
use super::instance::Running;

/// Where columns start: at what the widest vector instructions like.
const ALIGNMENT: usize = 64;
const PAGE: u64 = 64 << 10;

/// How many bytes a guest's columns may take together, before asking for them.
pub(super) fn room(running: &mut Running<'_>) -> Result<usize> {
    let memory = running.memory()?;
    let size = memory.data_size(&running.store);
    let limit = usize::try_from(running.memory_limit()).unwrap_or(usize::MAX);
    let growth = grown(running, memory).saturating_sub(size);
    let below = heap(running).map_or(0, |heap| size.saturating_sub(heap));
    Ok(if allocator(running).is_some() { limit } else { growth.max(below) })
}

/// Places buffers of these sizes, and says where.
pub(super) fn place(running: &mut Running<'_>, sizes: &[usize]) -> Result<Vec<usize>> {
    if let Some(allocator) = allocator(running) {
        return allocate(running, &allocator, sizes);
    }
    let memory = running.memory()?;
    let needed: usize = sizes.iter().map(|size| aligned(*size)).sum();
    let old = memory.data_size(&running.store);
    let fits_grown = grown(running, memory).saturating_sub(old) >= needed;
    let start = match heap(running) {
        _ if fits_grown => grow(running, memory, needed)?,
        Some(heap) if heap <= old && old - heap >= needed => heap,
        _ if (old as u64).saturating_add(needed as u64) > running.memory_limit() => {
            return Err(too_much(running, old + needed));
        }
        _ => return Err(Error::NoRoom { function: running.function().to_owned() }),
    };
    let mut next = start;
    let mut places = Vec::with_capacity(sizes.len());
    for size in sizes {
        places.push(next);
        next += aligned(*size);
    }
    Ok(places)
}

/// How large the memory may become, by its own maximum and the limit.
fn grown(running: &Running<'_>, memory: Memory) -> usize {
    let maximum = memory.ty(&running.store).maximum().unwrap_or(1 << 16).saturating_mul(PAGE);
    let limit = running.memory_limit() / PAGE * PAGE;
    usize::try_from(maximum.min(limit)).unwrap_or(usize::MAX)
}

/// Adds pages, which nobody in the guest can know of, and says where they start.
fn grow(running: &mut Running<'_>, memory: Memory, bytes: usize) -> Result<usize> {
    let start = memory.data_size(&running.store);
    let pages = (bytes as u64).div_ceil(PAGE);
    memory.grow(&mut running.store, pages).map_err(|error| running.explain(&error))?;
    Ok(start)
}

/// The end of what the linker placed, if the module says.
fn heap(running: &mut Running<'_>) -> Option<usize> {
    let heap = running.instance.get_global(&mut running.store, "__heap_base")?;
    let heap = heap.get(&mut running.store).i32()?.cast_unsigned();
    usize::try_from(heap).ok().map(aligned)
}

fn allocator(running: &mut Running<'_>) -> Option<TypedFunc<u32, u32>> {
    running.instance.get_typed_func(&mut running.store, "flownote_alloc").ok()
}

/// Asks the guest for room. Its answers are checked: inside the memory, and apart.
fn allocate(
    running: &mut Running<'_>,
    allocator: &TypedFunc<u32, u32>,
    sizes: &[usize],
) -> Result<Vec<usize>> {
    let mut places: Vec<usize> = Vec::with_capacity(sizes.len());
    for (index, &bytes) in sizes.iter().enumerate() {
        let asked = u32::try_from(bytes).map_err(|_| too_much(running, bytes))?;
        let given = allocator.call(&mut running.store, asked);
        let pointer = given.map_err(|error| running.explain(&error))?;
        let start = pointer as usize;
        let memory = running.memory()?.data_size(&running.store);
        let apart =
            |(other, size): (&usize, &usize)| start + bytes <= *other || other + size <= start;
        let why = if pointer == 0 {
            "it has no room"
        } else if start + bytes > memory {
            "that is not all inside the memory"
        } else if !places.iter().zip(&sizes[..index]).all(apart) {
            "part of that was given before"
        } else {
            places.push(start);
            continue;
        };
        return Err(Error::Pointer { pointer, bytes, why });
    }
    Ok(places)
}

fn too_much(running: &Running<'_>, needed: usize) -> Error {
    Error::Memory {
        function: running.function().to_owned(),
        needed: in_words(needed as u64),
        limit: in_words(running.memory_limit()),
        place: Box::default(),
    }
}

fn aligned(size: usize) -> usize {
    size.next_multiple_of(ALIGNMENT)
}

/// `64 KiB`, `1.5 GiB`.
pub(super) fn in_words(bytes: u64) -> String {
    let units = [("GiB", 1_u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let Some((unit, size)) = units.into_iter().find(|(_, size)| bytes >= *size) else {
        return format!("{bytes} bytes");
    };
    if bytes.is_multiple_of(size) {
        format!("{} {unit}", bytes / size)
    } else {
        format!("{:.1} {unit}", bytes as f64 / size as f64)
    }
}
