//! The last words of a process whose user code ends it: what was printed and not yet read,
//! and what happened.

use std::io;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

use nix::libc;

use super::streams::Raw;

/// Where signals are handled when the stack is used up.
const OTHER_STACK: usize = 64 << 10;

/// How many pieces of what was printed are passed on: 2 MB, which is what two pipes hold. Other
/// threads may print for as long as this one reads.
const PIECES: usize = 512;

static FROM: [AtomicI32; 2] = [AtomicI32::new(-1), AtomicI32::new(-1)];
static TO: [AtomicI32; 2] = [AtomicI32::new(-1), AtomicI32::new(-1)];
/// The lowest address of the cells' stack, and how large the guard below it is.
static STACK: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];

/// Says what happens from now on when the process dies of a signal.
pub fn watch(raw: Raw) -> io::Result<()> {
    for index in 0..2 {
        FROM[index].store(raw.from[index], Ordering::Relaxed);
        TO[index].store(raw.to[index], Ordering::Relaxed);
    }
    for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGABRT, libc::SIGILL, libc::SIGFPE] {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        let function: extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void) = last_words;
        // SAFETY: a zeroed action is a valid one; its function calls what signal handlers may
        // call only.
        let status = unsafe {
            let action = action.assume_init_mut();
            action.sa_sigaction = function as usize;
            // The default again when it is done: the process ends by the same signal.
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESETHAND;
            libc::sigaction(signal, action, std::ptr::null_mut())
        };
        if status != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Watches the stack of this thread, on which cells run.
pub fn watch_stack() {
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::zeroed();
    let (mut low, mut size, mut guard) = (std::ptr::null_mut(), 0, 0);
    // SAFETY: the attributes are initialized by the first call, read by the next two, and
    // destroyed by the last.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) == 0 {
            libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut low, &raw mut size);
            libc::pthread_attr_getguardsize(attributes.as_ptr(), &raw mut guard);
            libc::pthread_attr_destroy(attributes.as_mut_ptr());
        }
    }
    STACK[0].store(low as usize, Ordering::Relaxed);
    STACK[1].store(guard.max(4096), Ordering::Relaxed);
    // One for as long as the thread, which is as long as the process.
    let stack = Box::leak(vec![0_u8; OTHER_STACK].into_boxed_slice());
    let other =
        libc::stack_t { ss_sp: stack.as_mut_ptr().cast(), ss_flags: 0, ss_size: OTHER_STACK };
    // SAFETY: the memory is this thread's alone, for ever.
    unsafe { libc::sigaltstack(&raw const other, std::ptr::null_mut()) };
}

extern "C" fn last_words(signal: i32, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    let mut buffer = [0_u8; 4096];
    let mut pieces = 0;
    for index in [0, 1] {
        let (from, to) = (FROM[index].load(Ordering::Relaxed), TO[index].load(Ordering::Relaxed));
        while pieces < PIECES {
            pieces += 1;
            // SAFETY: reading what doesn't block into a buffer of this length; both functions
            // may be called here.
            let length = unsafe { libc::read(from, buffer.as_mut_ptr().cast(), buffer.len()) };
            let Ok(length @ 1..) = usize::try_from(length) else { break };
            // SAFETY: as above.
            if unsafe { libc::write(to, buffer.as_ptr().cast(), length) } <= 0 {
                break;
            }
        }
    }
    let [low, guard] = [&STACK[0], &STACK[1]].map(|it| it.load(Ordering::Relaxed));
    // SAFETY: the kernel gave it for this signal.
    let address = unsafe { (*info).si_addr() } as usize;
    let faulted = signal == libc::SIGSEGV || signal == libc::SIGBUS;
    // Rust touches each page on the way down: the fault is within the guard, or just above.
    if faulted && low > 0 && address + guard >= low && address < low + guard {
        let words = b"flownote: the cell used up its stack: does something call itself for ever?\n";
        let to = TO[1].load(Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { libc::write(to, words.as_ptr().cast(), words.len()) };
    }
    // A fault happens again when this returns; others are sent again.
    if !faulted && signal != libc::SIGILL && signal != libc::SIGFPE {
        // SAFETY: the default action is back in place.
        unsafe { libc::raise(signal) };
    }
}
