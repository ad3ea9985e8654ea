//! `dianjian serve`: the workbench, a page in the browser over a server of this program.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use dianjian_base::text;
use dianjian_document::edit::may_be_folder;
use dianjian_media::NoProgress;
use dianjian_workbench::{Store, Token, Workbench};
use tokio::sync::oneshot;

use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{DateArgs, ProjectArgs, report_problems};
use crate::terminal::Terminal;
use crate::{environment, interrupt};

#[derive(Debug, Clone, clap::Args)]
pub struct ServeArgs {
    #[arg(value_name = "DIR")]
    folders: Vec<PathBuf>,
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), hide_default_value = true)]
    listen: IpAddr,
    #[arg(long)]
    no_open: bool,
    #[arg(long)]
    readonly: bool,
    #[command(flatten)]
    date: DateArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Serves until a signal asks to stop.
///
/// # Errors
/// The address cannot be listened on; the output cannot be written.
pub fn run(args: &ServeArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let project = args.project.load(terminal)?;
    if report_problems(&project, terminal) {
        return Ok(Exit::Untrusted);
    }
    let as_of = args.date.of(&project).0;
    let token = Token::random()?;
    let store = Store::open(&args.state.clone().or_else(environment::state_folder).ok_or(CliError::NoStateFolder)?)?;
    let folders = args.folders.iter().map(|folder| real_folder(folder)).collect::<Result<_, _>>()?;
    let remember = true;
    let workbench = Workbench {
        pack: Arc::new(project.pack),
        as_of,
        readonly: args.readonly,
        now: environment::now,
        scanner: Box::new(move |settings| environment::scanner(settings, remember, Arc::new(NoProgress))),
        store,
        folders,
        token,
        hosts: Vec::new(),
    };
    let bound = workbench.bind(SocketAddr::new(args.listen, args.port))?;
    let url = bound.url();
    terminal.print(&format!("{url}\n"))?;
    let hint = text! {
        zh: "在浏览器里打开上面的地址；按 Ctrl-C 停止。文件不会离开这台电脑。\n",
        en: "Open this address in a browser; Ctrl-C stops. Nothing leaves this machine.\n",
    };
    terminal.note(hint.get(terminal.lang));
    if !args.no_open && open::that_detached(&url).is_err() {
        terminal.note(terminal.say("没有找到浏览器\n", "no browser was found\n"));
    }
    bound.serve(asked_to_stop())?;
    Ok(Exit::Clean)
}

/// A folder by its one absolute path.
fn real_folder(path: &Path) -> Result<PathBuf, CliError> {
    may_be_folder(path)?;
    path.canonicalize()
        .map_err(|error| CliError::NoFolder { path: path.display().to_string(), reason: error.to_string() })
}

/// Done when a signal asks the program to stop.
fn asked_to_stop() -> impl Future<Output = ()> + Send + 'static {
    let (sender, receiver) = oneshot::channel();
    let sender = Mutex::new(Some(sender));
    interrupt::watch(move || {
        let sender = sender.lock().unwrap_or_else(PoisonError::into_inner).take();
        sender.is_some_and(|sender| sender.send(()).is_ok())
    });
    async move {
        // A sender that is gone has been asked, too.
        let _ = receiver.await;
    }
}
