//! The life of a server: greeting, projects one after another, messages one after another.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dianjian_base::lang::{Lang, Text};
use dianjian_document::problem::Problem;
use dianjian_document::source::{Format, SourceFile};
use dianjian_project::config::{self, ConfigFile, is_blank};
use dianjian_rules::language::RuleFile;
use dianjian_rules::parse_one;
use gen_lsp_types::{
    Diagnostic, DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidOpenTextDocumentParams, FileChangeType,
};
use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use serde_json::{Value, json};

use crate::LanguageServer;
use crate::basis::ProjectBasis;
use crate::client::Client;
use crate::diagnostics::DiagnosticMaker;
use crate::documents::{Documents, real};
use crate::inbox::{Inbox, Next};
use crate::places::EditorPlaces;
use crate::requests::answer;
use crate::session::Session;
use crate::transport::{Inbound, Outbox, read_all};
use crate::uri::to_path;

/// So long nothing may come before what was typed is judged.
const QUIET: Duration = Duration::from_millis(40);

/// The same where judging takes long: half of what it took last time, up to this.
const LONGEST_QUIET: Duration = Duration::from_millis(300);

/// So long it is put off at most while somebody goes on typing.
const PATIENCE: Duration = Duration::from_millis(400);

/// What lives longer than a project.
struct Server<'s> {
    server: &'s LanguageServer,
    client: Client,
    inbox: Inbox,
    outbox: Outbox<'s>,
    documents: Documents,
    /// What was sent of each file, by its address.
    published: BTreeMap<String, Vec<Diagnostic>>,
    was_shut_down: bool,
    /// So long nothing may come before what was typed is judged.
    quiet: Duration,
}

/// How a session ends.
enum SessionEnd {
    /// The project is another one by now.
    Reload(Box<ProjectBasis>),
    /// The client is gone, or wants this one to be.
    Exit,
}

/// A message's turn: all that it may need.
pub(crate) struct Turn<'t, 'b, 's> {
    pub server: &'t LanguageServer,
    pub client: &'t Client,
    pub session: &'t mut Session<'b>,
    pub documents: &'t Documents,
    pub outbox: &'t mut Outbox<'s>,
    places: &'t EditorPlaces<'t>,
    published: &'t mut BTreeMap<String, Vec<Diagnostic>>,
}

impl LanguageServer {
    /// Serves a client until it is gone; whether it had asked for that first.
    pub fn serve(&self, from: impl BufRead + Send + 'static, to: impl Write) -> bool {
        let (sender, receiver) = crossbeam_channel::bounded(1_024);
        // Not joined: it waits for the client, who may keep its end of the stream open.
        std::thread::spawn(move || read_all(from, &sender));
        let (mut inbox, mut outbox) = (Inbox::new(receiver), Outbox::new(to));
        let Some(client) = greet(&mut inbox, &mut outbox) else { return false };
        let (documents, published) = (Documents::default(), BTreeMap::new());
        let mut server =
            Server { server: self, client, inbox, outbox, documents, published, was_shut_down: false, quiet: QUIET };
        let mut next = server.load();
        while let Some(basis) = next {
            next = match server.session(&basis) {
                SessionEnd::Reload(basis) => Some(*basis),
                SessionEnd::Exit => None,
            };
        }
        server.was_shut_down
    }
}

/// Waits for `initialize`. `None`: the client has left.
fn greet(inbox: &mut Inbox, outbox: &mut Outbox<'_>) -> Option<Client> {
    loop {
        match inbox.next(None) {
            Next::Inbound(Inbound::Message(Message::Request(request))) if request.method == "initialize" => {
                let client = Client::new(&request.params);
                outbox.send(Response::new_ok(request.id, client.welcome()));
                if client.watches {
                    outbox.request("client/registerCapability", Client::watchers());
                }
                return Some(client);
            }
            Next::Inbound(Inbound::Message(Message::Request(request))) => {
                let code = ErrorCode::ServerNotInitialized as i32;
                outbox.send(Response::new_err(request.id, code, "initialize comes first".to_owned()));
            }
            Next::Inbound(Inbound::Message(Message::Notification(note))) if note.method == "exit" => return None,
            Next::Inbound(Inbound::Malformed(reason)) => outbox.refuse(&reason),
            Next::Inbound(Inbound::Message(_)) | Next::Quiet => {}
            Next::End => return None,
        }
    }
}

impl Server<'_> {
    /// Loads the project; one without a folder if it cannot be.
    fn load(&mut self) -> Option<ProjectBasis> {
        let loaded = ProjectBasis::load(self.server, &self.client.roots);
        let reason = match loaded {
            Ok(basis) => return Some(basis),
            Err(reason) => reason,
        };
        self.show(1, &reason);
        ProjectBasis::load(self.server, &[]).ok()
    }

    /// Shows a message: 1 is an error, 2 a warning, 3 for information.
    fn show(&mut self, sort: u8, text: &Text) {
        let lang = self.client.lang.unwrap_or(self.server.default_lang);
        self.outbox
            .notify("window/showMessage", json!({"type": sort, "message": format!("dianjian: {}", text.get(lang))}));
    }

    /// Answers messages as long as the project stays what it is.
    fn session(&mut self, basis: &ProjectBasis) -> SessionEnd {
        self.progress("begin");
        let mut session = Session::new(basis, &self.documents);
        self.progress("end");
        if session.is_too_large {
            self.show(2, &dianjian_base::text! {
                zh: "文件太多，编辑时只检查打开的文件，跨文件的规则请用 dianjian check",
                en: "the workspace is large: only open files are checked here, rules over several files by `dianjian check`",
            });
        }
        self.publish_project(&session, &basis.problems);
        self.publish_open(&mut session, None);
        // When what was typed is judged at the latest, while something waits to be.
        let mut latest: Option<Instant> = None;
        loop {
            let patience = latest.map(|latest| latest.min(Instant::now() + self.quiet));
            let end = match self.inbox.next(patience) {
                Next::Inbound(Inbound::Message(Message::Request(request))) => self.request(&mut session, request),
                Next::Inbound(Inbound::Message(Message::Notification(note))) => self.notification(&mut session, note),
                Next::Inbound(Inbound::Message(Message::Response(_))) => None,
                Next::Inbound(Inbound::Malformed(reason)) => {
                    self.outbox.refuse(&reason);
                    None
                }
                Next::Quiet => None,
                Next::End => Some(SessionEnd::Exit),
            };
            if let Some(end) = end {
                return end;
            }
            if self.outbox.is_closed() {
                return SessionEnd::Exit;
            }
            let now = Instant::now();
            if !session.is_stale() {
                latest = None;
            } else if latest.is_some_and(|latest| latest <= now)
                || (latest.is_some() && patience.is_some_and(|until| until <= now))
            {
                self.refresh(&mut session);
                latest = None;
            } else {
                latest.get_or_insert(now + PATIENCE);
            }
        }
    }

    /// Tells how far the first look at all files is.
    fn progress(&mut self, step: &str) {
        if !self.client.shows_progress {
            return;
        }
        let token = "dianjian-scan";
        if step == "begin" {
            self.outbox.request("window/workDoneProgress/create", json!({"token": token}));
        }
        let value = json!({"kind": step, "title": "dianjian"});
        self.outbox.notify("$/progress", json!({"token": token, "value": value}));
    }

    fn request(&mut self, session: &mut Session<'_>, request: Request) -> Option<SessionEnd> {
        let refuse =
            |code: ErrorCode, reason: &str| Response::new_err(request.id.clone(), code as i32, reason.to_owned());
        if self.inbox.is_cancelled(&request.id) {
            self.outbox.send(refuse(ErrorCode::RequestCanceled, "cancelled"));
            return None;
        }
        if request.method == "initialize" || (self.was_shut_down && request.method != "shutdown") {
            self.outbox.send(refuse(ErrorCode::InvalidRequest, "not now"));
            return None;
        }
        if request.method == "shutdown" {
            self.was_shut_down = true;
            self.outbox.send(Response::new_ok(request.id, Value::Null));
            return None;
        }
        // Answers are about the texts as they are.
        if session.is_stale() {
            self.refresh(session);
        }
        let places = EditorPlaces::new(&self.documents, self.client.unit);
        let response = answer(
            &mut Turn {
                server: self.server,
                client: &self.client,
                session,
                documents: &self.documents,
                outbox: &mut self.outbox,
                places: &places,
                published: &mut self.published,
            },
            request,
        );
        self.outbox.send(response);
        None
    }

    fn notification(&mut self, session: &mut Session<'_>, note: Notification) -> Option<SessionEnd> {
        match note.method.as_str() {
            "exit" => return Some(SessionEnd::Exit),
            "textDocument/didOpen" => {
                let params: DidOpenTextDocumentParams = serde_json::from_value(note.params).ok()?;
                let text = params.text_document;
                let root = self.client.roots.first().cloned().unwrap_or_default();
                let language = serde_json::to_value(&text.language_id).ok();
                let language = language.as_ref().and_then(Value::as_str).unwrap_or_default();
                let path = self.documents.open((text.uri.0, language, text.version), text.text, &root);
                session.change(&path);
                self.refresh_if_idle(session);
            }
            "textDocument/didChange" => {
                let params: DidChangeTextDocumentParams = serde_json::from_value(note.params).ok()?;
                let document = params.text_document;
                let uri = document.text_document_identifier.uri.0;
                let path = self.documents.change(&uri, document.version, params.content_changes, self.client.unit)?;
                session.change(&path);
            }
            "textDocument/didClose" => {
                let uri = note.params.pointer("/textDocument/uri").and_then(Value::as_str)?;
                session.change(&self.documents.close(uri)?);
                // Of files that are not open nothing is shown.
                self.publish(uri.to_owned(), None, Vec::new());
                self.refresh_if_idle(session);
            }
            "textDocument/didSave" => {
                let uri = note.params.pointer("/textDocument/uri").and_then(Value::as_str)?;
                let path = self.documents.get(uri)?.path.clone();
                if session.basis.is_own(&path) || session.is_added(&path) || !session.has(&path) {
                    return self.reload();
                }
            }
            "workspace/didChangeWatchedFiles" => {
                let params: DidChangeWatchedFilesParams = serde_json::from_value(note.params).ok()?;
                let changes =
                    params.changes.into_iter().filter_map(|change| Some((real(&to_path(&change.uri.0)?), change.kind)));
                return self.watched(session, &changes.collect::<Vec<_>>());
            }
            "workspace/didChangeWorkspaceFolders" => {
                let folders = |name: &str| {
                    let folders = note.params.pointer(name).and_then(Value::as_array).into_iter().flatten();
                    let paths = folders.filter_map(|folder| to_path(folder.get("uri")?.as_str()?));
                    paths.map(|path| real(&path)).collect::<Vec<PathBuf>>()
                };
                let (added, removed) = (folders("/event/added"), folders("/event/removed"));
                self.client.roots.retain(|root| !removed.contains(root));
                self.client.roots.extend(added);
                return self.reload();
            }
            "workspace/didChangeConfiguration" => return self.reload(),
            _ => {}
        }
        None
    }

    /// Takes over what has changed on disk.
    fn watched(&mut self, session: &mut Session<'_>, changes: &[(PathBuf, FileChangeType)]) -> Option<SessionEnd> {
        let mut is_other = false;
        for (path, sort) in changes {
            let is_same = *sort == FileChangeType::Changed && session.has(path) && !session.basis.is_own(path);
            if is_same && self.documents.at(path).is_none() {
                session.change(path);
            }
            is_other |= !is_same;
        }
        if is_other { self.reload() } else { None }
    }

    /// Loads the project anew. As long as its configuration cannot be read, the one that could be is used.
    fn reload(&mut self) -> Option<SessionEnd> {
        match ProjectBasis::load(self.server, &self.client.roots) {
            Ok(basis) if basis.project.broken => {
                let otherwise = self.client.roots.first().cloned().unwrap_or_default();
                self.publish_problems(&basis.problems, &otherwise);
                None
            }
            Ok(basis) => Some(SessionEnd::Reload(Box::new(basis))),
            Err(reason) => {
                self.show(1, &reason);
                None
            }
        }
    }

    /// Judges at once what nobody is typing; of many files that are opened one after another, the last ones together.
    fn refresh_if_idle(&mut self, session: &mut Session<'_>) {
        if self.inbox.is_empty() {
            self.refresh(session);
        }
    }

    fn refresh(&mut self, session: &mut Session<'_>) {
        let (begun, changed) = (Instant::now(), session.changed().clone());
        session.refresh(&self.documents);
        self.publish_open(session, Some(&changed));
        self.quiet = (begun.elapsed() / 2).clamp(QUIET, LONGEST_QUIET);
    }

    /// Sends the diagnostics of all open files: of those that have changed in any case, else where they are other ones.
    fn publish_open(&mut self, session: &mut Session<'_>, changed: Option<&BTreeSet<PathBuf>>) {
        let mut found = Vec::new();
        {
            let places = EditorPlaces::new(&self.documents, self.client.unit);
            let maker = self.maker(&places, session);
            for document in self.documents.iter() {
                let diagnostics = match own_problems(&document.path, document.lines.text(), session.basis) {
                    Some(problems) => {
                        problems.iter().map(|problem| maker.of_project(problem, &document.path).1).collect()
                    }
                    None => maker.of_file(&document.path, session),
                };
                let is_changed = changed.is_none_or(|changed| changed.contains(&document.path));
                if is_changed || self.published.get(&document.uri) != Some(&diagnostics) {
                    found.push((document.uri.clone(), document.version, diagnostics));
                }
            }
        }
        for (uri, version, diagnostics) in found {
            self.publish(uri, Some(version), diagnostics);
        }
    }

    /// Sends what is wrong with the project itself, whether its files are open or not.
    fn publish_project(&mut self, session: &Session<'_>, problems: &[Problem]) {
        let otherwise = session.basis.project.working.path().to_owned();
        self.publish_problems(problems, &otherwise);
    }

    fn publish_problems(&mut self, problems: &[Problem], otherwise: &Path) {
        let mut by_file: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
        {
            let places = EditorPlaces::new(&self.documents, self.client.unit);
            let lang = self.client.lang.unwrap_or(self.server.default_lang);
            let maker = DiagnosticMaker { places: &places, lang, links_codes: self.client.links_codes };
            for problem in problems {
                let (uri, diagnostic) = maker.of_project(problem, otherwise);
                by_file.entry(uri).or_default().push(diagnostic);
            }
            // Files of the project that are right by now.
            let is_closed = |uri: &String| to_path(uri).is_none_or(|path| self.documents.at(&real(&path)).is_none());
            for uri in self.published.keys().filter(|uri| is_closed(uri)) {
                by_file.entry(uri.clone()).or_default();
            }
        }
        for (uri, diagnostics) in by_file {
            self.publish(uri, None, diagnostics);
        }
    }

    fn publish(&mut self, uri: String, version: Option<i32>, diagnostics: Vec<Diagnostic>) {
        publish(&mut self.outbox, &mut self.published, uri, version, diagnostics);
    }

    fn maker<'m>(&self, places: &'m EditorPlaces<'m>, session: &Session<'_>) -> DiagnosticMaker<'m> {
        let lang = lang(self.server, &self.client, session.basis);
        DiagnosticMaker { places, lang, links_codes: self.client.links_codes }
    }
}

/// Sends diagnostics and remembers them; of a file that had none and has none, nothing.
fn publish(
    outbox: &mut Outbox<'_>,
    published: &mut BTreeMap<String, Vec<Diagnostic>>,
    uri: String,
    version: Option<i32>,
    diagnostics: Vec<Diagnostic>,
) {
    let is_silent = diagnostics.is_empty() && version.is_none() && !published.contains_key(&uri);
    if !is_silent {
        let mut params = json!({"uri": uri, "diagnostics": diagnostics});
        if let (Some(version), Some(params)) = (version, params.as_object_mut()) {
            params.insert("version".to_owned(), version.into());
        }
        outbox.notify("textDocument/publishDiagnostics", params);
    }
    if diagnostics.is_empty() && version.is_none() {
        published.remove(&uri);
    } else {
        published.insert(uri, diagnostics);
    }
}

/// What is wrong with an open text that a project is made of, as far as the text alone shows it; when it is saved, the
/// project is loaded with it. `None`: it is no such file.
fn own_problems(path: &Path, text: &str, basis: &ProjectBasis) -> Option<Vec<Problem>> {
    if !basis.is_own(path) || Format::of_path(path) != Some(Format::Yaml) {
        return None;
    }
    let source = Arc::new(SourceFile::new(path.to_string_lossy(), text).with_path(path));
    let is_config = path.file_name().is_some_and(|name| config::NAMES.iter().any(|known| name == *known));
    let is_rule = text.lines().any(|line| line.starts_with("check:"));
    let read = match (is_config && !is_blank(text), is_rule) {
        (true, _) => parse_one::<ConfigFile>(&source).map(|_| ()),
        (false, true) => parse_one::<RuleFile>(&source).map(|_| ()),
        (false, false) => Ok(()),
    };
    let is_here = |problem: &&Problem| {
        problem.place.as_ref().is_some_and(|(source, _)| source.path().is_some_and(|known| real(known) == path))
    };
    let is_saved = || std::fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes());
    Some(match read {
        Err(problems) => problems,
        Ok(()) if is_saved() => basis.problems.iter().filter(is_here).cloned().collect(),
        Ok(()) => Vec::new(),
    })
}

/// The language of texts: the user's, else the client's, else the configuration's.
fn lang(server: &LanguageServer, client: &Client, basis: &ProjectBasis) -> Lang {
    server.lang.or(client.lang).or_else(|| basis.project.lang()).unwrap_or(server.default_lang)
}

impl<'t> Turn<'t, '_, '_> {
    pub fn lang(&self) -> Lang {
        lang(self.server, self.client, self.session.basis)
    }

    pub fn maker(&self) -> DiagnosticMaker<'t> {
        DiagnosticMaker { places: self.places, lang: self.lang(), links_codes: self.client.links_codes }
    }

    /// Sends the diagnostics of all files, open or not; the answer is how many there are.
    pub fn publish_workspace(&mut self) -> Value {
        let maker = self.maker();
        let (mut files, mut count) = (0_usize, 0_usize);
        for path in self.session.paths() {
            let diagnostics = maker.of_file(&path, self.session);
            (files, count) = (files + 1, count + diagnostics.len());
            let version = self.documents.at(&path).map(|document| document.version);
            publish(self.outbox, self.published, self.places.uri(&path), version, diagnostics);
        }
        json!({"files": files, "diagnostics": count})
    }
}
