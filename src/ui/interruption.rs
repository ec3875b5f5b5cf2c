//! Ctrl-C and requests to end, held back while a line on the terminal has to be wiped first, or its echo is off. They are
//! taken by whoever has to put that right, and then do what they would have done. Where they are held back already, a question
//! has been broken off and the process is on its way to its end; then they are left alone. Only Linux lets them be taken
//! without a handler.

#[cfg(target_os = "linux")]
pub use held::{Interruption, Listener};
#[cfg(not(target_os = "linux"))]
pub use not_held::{Interruption, Listener};

#[cfg(target_os = "linux")]
mod held {
    use std::os::fd::AsFd;

    use nix::errno::Errno;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use nix::sys::signal::{SigSet, SigmaskHow, Signal, raise};
    use nix::sys::signalfd::{SfdFlags, SignalFd};

    use crate::sys::signals::is_ignored;

    const HELD: [Signal; 4] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT];

    /// Holds the signals back from the thread that made it, and from those that it starts.
    pub struct Interruption {
        held: SigSet,
        earlier: Option<SigSet>,
    }

    /// Takes what is held back.
    pub struct Listener {
        signals: Option<SignalFd>,
    }

    impl Interruption {
        pub fn hold() -> Self {
            let held: SigSet = HELD.into_iter().filter(|signal| !is_ignored(*signal)).collect();
            let is_free = SigSet::thread_get_mask().is_ok_and(|mask| held.iter().all(|signal| !mask.contains(signal)));
            let hold = || held.thread_swap_mask(SigmaskHow::SIG_BLOCK).ok();
            Self { earlier: if is_free { hold() } else { None }, held }
        }

        pub fn listener(&self) -> Listener {
            let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
            let listen = |_: &SigSet| SignalFd::with_flags(&self.held, flags).ok();
            Listener { signals: self.earlier.as_ref().and_then(listen) }
        }
    }

    impl Drop for Interruption {
        fn drop(&mut self) {
            // What came last, and nobody took, is delivered here.
            if let Some(earlier) = &self.earlier {
                let _ = earlier.thread_set_mask();
            }
        }
    }

    impl Listener {
        /// Lets a signal that has come do its work, between `before` and `after`, which is reached where the process goes on.
        pub fn let_through(&self, before: impl FnOnce(), after: impl FnOnce()) {
            let Some(Ok(Some(come))) = self.signals.as_ref().map(SignalFd::read_signal) else { return };
            let Some(signal) = HELD.into_iter().find(|signal| *signal as u32 == come.ssi_signo) else { return };
            before();
            let _ = SigSet::from(signal).thread_unblock().and_then(|()| raise(signal));
            let _ = SigSet::from(signal).thread_block();
            after();
        }

        /// Waits for something to read, which it then says, or for a signal. Where none is held back, reading is the wait.
        pub fn has_input(&self, input: impl AsFd) -> bool {
            let Some(signals) = &self.signals else { return true };
            let mut awaited = [input.as_fd(), signals.as_fd()].map(|file| PollFd::new(file, PollFlags::POLLIN));
            match poll(&mut awaited, PollTimeout::NONE) {
                Err(error) => error != Errno::EINTR,
                Ok(_) => awaited[0].any() == Some(true),
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod not_held {
    pub struct Interruption;
    pub struct Listener;

    impl Interruption {
        pub const fn hold() -> Self {
            Self
        }

        pub const fn listener(&self) -> Listener {
            Listener
        }
    }

    impl Listener {
        pub fn let_through(&self, _before: impl FnOnce(), _after: impl FnOnce()) {}

        #[cfg(unix)]
        pub fn has_input(&self, _input: impl std::os::fd::AsFd) -> bool {
            true
        }
    }
}
