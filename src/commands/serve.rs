//! `dianjian serve`: the workbench, a page in the browser over a server of this program.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use dianjian_base::text;
use dianjian_media::NoProgress;
use dianjian_workbench::{CheckBasis, Instance, Started, Store, Token, Workbench, Worker, bring_in};
use tokio::sync::oneshot;

use crate::commands::worker;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{DateArgs, ProjectArgs, report_problems};
use crate::terminal::Terminal;
use crate::{environment, interrupt};

#[derive(Debug, Clone, clap::Args)]
pub struct ServeArgs {
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), hide_default_value = true)]
    listen: IpAddr,
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    #[arg(long)]
    no_open: bool,
    #[arg(long)]
    readonly: bool,
    #[command(flatten)]
    date: DateArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Serves until a signal asks to stop. Where a server of the same state folder is running, opens that.
///
/// # Errors
/// The address cannot be listened on; the output cannot be written.
pub fn run(args: &ServeArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let paths = args.paths.iter().map(|path| real_path(path)).collect::<Result<Vec<_>, _>>()?;
    let state = args.state.clone().or_else(environment::state_folder).ok_or(CliError::NoStateFolder)?;
    let started = Instance::take(&state)?;
    let store = Store::open(&state)?;
    let opened = bring_in(&store, &paths, &environment::now())?;
    let view = opened.map(|project| format!("&/p/{project}")).unwrap_or_default();
    let instance = match started {
        Started::First(instance) => instance,
        Started::Second(url) => {
            let hint = text! { zh: "工作台已经在运行\n", en: "the workbench is running already\n" };
            terminal.note(hint.get(terminal.lang));
            open_page(&format!("{url}{view}"), args, terminal)?;
            return Ok(Exit::Clean);
        }
    };
    let project = args.project.load(terminal)?;
    if report_problems(&project, terminal) {
        return Ok(Exit::Untrusted);
    }
    let workbench = Workbench {
        basis: CheckBasis {
            today: args.date.of(&project).0,
            scanner: Box::new(|settings| environment::scanner(settings, true, Arc::new(NoProgress))),
        },
        worker: worker()?,
        pack: Arc::new(project.pack),
        readonly: args.readonly,
        now: environment::now,
        store,
        token: Token::random()?,
        tokens: args.tokens.as_deref().map(read_tokens).transpose()?.unwrap_or_default(),
        has_video: environment::ffmpeg().is_some(),
        hosts: args.host.clone(),
    };
    let bound = workbench.bind(SocketAddr::new(args.listen, args.port))?;
    let url = bound.url();
    instance.announce(&url)?;
    open_page(&format!("{url}{view}"), args, terminal)?;
    let hint = text! {
        zh: "在浏览器里打开上面的地址；按 Ctrl-C 停止。文件不会离开这台电脑。\n",
        en: "Open this address in a browser; Ctrl-C stops. Nothing leaves this machine.\n",
    };
    terminal.note(hint.get(terminal.lang));
    bound.serve(asked_to_stop())?;
    Ok(Exit::Clean)
}

/// This program, as the one that looks at files.
fn worker() -> Result<Worker, CliError> {
    let program = std::env::current_exe()
        .map_err(|error| CliError::NotOpened { path: "dianjian".to_owned(), reason: error.to_string() })?;
    Ok(Worker { program, arguments: vec![worker::FLAG.into()] })
}

/// Prints an address, and opens it unless the user does not want that.
fn open_page(url: &str, args: &ServeArgs, terminal: &mut Terminal) -> Result<(), CliError> {
    terminal.print(&format!("{url}\n"))?;
    if !args.no_open && open::that_detached(url).is_err() {
        terminal.note(terminal.say("没有找到浏览器\n", "no browser was found\n"));
    }
    Ok(())
}

/// The tokens of a file, one a line; blank lines and comments after `#` are left out.
fn read_tokens(path: &Path) -> Result<Vec<Token>, CliError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| CliError::NotOpened { path: path.display().to_string(), reason: error.to_string() })?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    Ok(lines.filter(|line| !line.is_empty()).map(Token::of_program).collect::<Result<_, _>>()?)
}

/// A file or folder by its one absolute path.
fn real_path(path: &Path) -> Result<PathBuf, CliError> {
    path.canonicalize()
        .map_err(|error| CliError::NotOpened { path: path.display().to_string(), reason: error.to_string() })
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
