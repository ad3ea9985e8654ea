//! A check in a process of its own, from the server's side.

use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use serde::Serialize;

use super::JobError;
use super::lines::{WorkerJob, WorkerLine};

/// How long a worker that is asked to stop has before it is killed.
pub(super) const GRACE: Duration = Duration::from_secs(3);

/// How workers are started: a program that calls [`crate::work_off`], with the folder and, if any, the state folder as its
/// last arguments.
#[derive(Debug, Clone)]
pub struct Worker {
    /// The program.
    pub program: PathBuf,
    /// What stands before the folder.
    pub arguments: Vec<OsString>,
}

impl Worker {
    /// Starts a worker, and waits until it has loaded the folder; `state`: the state folder whose store takes what is found.
    ///
    /// # Errors
    /// The system starts no process, it ends at once, or the folder cannot be loaded.
    pub fn start(&self, folder: &Path, state: Option<&Path>, job: &WorkerJob) -> Result<ReadyWorker, JobError> {
        let mut process = self.spawn(folder, state, job).map_err(|_| JobError::Worker)?;
        match process.next() {
            Some(WorkerLine::Ready { as_of, bytes }) => Ok(ReadyWorker { process, as_of, bytes }),
            Some(WorkerLine::Refused(reason)) => Err(JobError::Project(reason)),
            _ => Err(JobError::Worker),
        }
    }

    fn spawn(&self, folder: &Path, state: Option<&Path>, job: &WorkerJob) -> io::Result<WorkerProcess> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(folder).args(state).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let handle = Arc::new(WorkerHandle { child: Mutex::new(child), stdin: Mutex::new(stdin) });
        let process = WorkerProcess { lines: stdout.map(BufReader::new), handle };
        process.say(job)?;
        Ok(process)
    }
}

/// A worker that has loaded its folder.
#[derive(Debug)]
pub struct ReadyWorker {
    pub process: WorkerProcess,
    /// The day that it judges as of.
    pub as_of: NaiveDate,
    /// Bytes of all files.
    pub bytes: u64,
}

/// A worker as the one who reads from it has it. Dropped, it is stopped.
#[derive(Debug)]
pub struct WorkerProcess {
    lines: Option<BufReader<ChildStdout>>,
    handle: Arc<WorkerHandle>,
}

/// A worker as those have it who may want it to stop.
#[derive(Debug)]
pub(super) struct WorkerHandle {
    child: Mutex<Child>,
    stdin: Mutex<Option<ChildStdin>>,
}

impl WorkerProcess {
    /// Writes a line to the worker.
    ///
    /// # Errors
    /// It reads no longer.
    pub fn say(&self, line: &impl Serialize) -> io::Result<()> {
        let mut stdin = self.handle.stdin.lock().unwrap_or_else(PoisonError::into_inner);
        let stdin = stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all((serde_json::to_string(line)? + "\n").as_bytes())?;
        stdin.flush()
    }

    /// The next thing that the worker says; `None`: it has ended.
    pub fn next(&mut self) -> Option<WorkerLine> {
        let mut line = String::new();
        let read = self.lines.as_mut()?.read_line(&mut line).unwrap_or_default();
        // What is no line of ours comes from a worker that was ended in the middle of one.
        if read == 0 { None } else { serde_json::from_str(&line).ok() }
    }

    /// Whether somebody asked it to stop.
    pub fn was_stopped(&self) -> bool {
        self.handle.stdin.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    pub(super) fn handle(&self) -> Arc<WorkerHandle> {
        Arc::clone(&self.handle)
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        self.handle.hang_up();
        self.handle.end();
    }
}

impl WorkerHandle {
    /// Asks the worker to stop, and sees to it on a thread of its own that it does.
    pub fn stop(self: &Arc<Self>) {
        if self.hang_up() {
            let handle = Arc::clone(self);
            thread::spawn(move || handle.end());
        }
    }

    /// Closes what the worker reads from; whether it was open.
    fn hang_up(&self) -> bool {
        self.stdin.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
    }

    /// Waits for the end, and kills what does not come to it.
    fn end(&self) {
        let begun = Instant::now();
        while !self.has_ended() {
            if begun.elapsed() > GRACE {
                let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
                // It may have ended meanwhile; one that is killed is waited for, so that nothing of it is left.
                let _ = child.kill();
                let _ = child.wait();
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn has_ended(&self) -> bool {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        child.try_wait().map_or(true, |status| status.is_some())
    }
}
