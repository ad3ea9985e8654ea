//! Answers to requests about open texts.

use gen_lsp_types::{Range, TextDocumentPositionParams};
use lsp_server::{ErrorCode, Request, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::actions::{self, APPLY_SUPPRESSION, ActionMaker, CHECK_WORKSPACE, EXPLAIN};
use crate::completion::Completer;
use crate::documents::OpenDocument;
use crate::hover::hover;
use crate::navigation::{other_places, symbols};
use crate::server::Turn;
use crate::suppression::SilenceReason;

/// An answer that is an error.
type Refusal = (ErrorCode, String);

/// Answers a request.
pub(crate) fn answer(turn: &mut Turn<'_, '_, '_>, request: Request) -> Response {
    let id = request.id.clone();
    match result(turn, request) {
        Ok(result) => Response::new_ok(id, result),
        Err((code, message)) => Response::new_err(id, code as i32, message),
    }
}

fn result(turn: &mut Turn<'_, '_, '_>, request: Request) -> Result<Value, Refusal> {
    match request.method.as_str() {
        "textDocument/hover" => {
            positioned(turn, request, |turn, at| hover(turn.server, turn.session, &turn.maker(), at))
        }
        "textDocument/definition" | "textDocument/references" => {
            positioned(turn, request, |turn, at| Some(json!(other_places(turn.session, &turn.maker(), at))))
        }
        "textDocument/completion" => positioned(turn, request, |turn, (document, position)| {
            let basis = turn.session.basis;
            let is_config = basis.is_own(&document.path);
            let completer =
                Completer { pack: &basis.project.pack, lang: turn.lang(), unit: turn.client.unit, is_config };
            Some(json!({"isIncomplete": false, "items": completer.complete(document, position)}))
        }),
        "textDocument/documentSymbol" => {
            let document = document(turn, &request.params)?;
            Ok(json!(symbols(turn.session, &turn.maker(), &document.path)))
        }
        "textDocument/codeAction" => {
            let range: Range = params(request.params.get("range").cloned().unwrap_or_default())?;
            let only = request.params.pointer("/context/only").cloned().unwrap_or_default();
            let only: Vec<String> = serde_json::from_value(only).unwrap_or_default();
            let document = document(turn, &request.params)?;
            let maker = turn.maker();
            let actions = ActionMaker { session: turn.session, maker: &maker, document };
            Ok(json!(actions.actions(range, &only)))
        }
        "workspace/executeCommand" => command(turn, &request.params),
        other => Err((ErrorCode::MethodNotFound, format!("{other} is not known"))),
    }
}

/// Calls `f` with the text and the position that a request is about.
fn positioned(
    turn: &Turn<'_, '_, '_>,
    request: Request,
    f: impl FnOnce(&Turn<'_, '_, '_>, (&OpenDocument, gen_lsp_types::Position)) -> Option<Value>,
) -> Result<Value, Refusal> {
    let at: TextDocumentPositionParams = params(request.params)?;
    let document = turn.documents.get(&at.text_document.uri.0);
    Ok(document.and_then(|document| f(turn, (document, at.position))).unwrap_or(Value::Null))
}

fn document<'t>(turn: &'t Turn<'_, '_, '_>, params: &Value) -> Result<&'t OpenDocument, Refusal> {
    let uri = params.pointer("/textDocument/uri").and_then(Value::as_str).unwrap_or_default();
    turn.documents.get(uri).ok_or_else(|| (ErrorCode::InvalidParams, format!("{uri} is not open")))
}

fn params<T: DeserializeOwned>(params: Value) -> Result<T, Refusal> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

fn command(turn: &mut Turn<'_, '_, '_>, params: &Value) -> Result<Value, Refusal> {
    let arguments = params.get("arguments").and_then(Value::as_array).cloned().unwrap_or_default();
    match params.get("command").and_then(Value::as_str).unwrap_or_default() {
        CHECK_WORKSPACE => Ok(turn.publish_workspace()),
        EXPLAIN => {
            let id = arguments.first().and_then(Value::as_str).unwrap_or_default();
            let basis = turn.session.basis;
            let text = (turn.server.explainer)(id, &basis.project, basis.options.policy.as_of, turn.lang());
            Ok(Value::String(text.unwrap_or_else(|| actions::unknown(id, turn.lang()))))
        }
        APPLY_SUPPRESSION => suppress(turn, arguments.first().unwrap_or(&Value::Null)),
        other => Err((ErrorCode::InvalidParams, format!("{other} is no command"))),
    }
}

/// Has the client make the edit that silences a rule; the answer is whether there is one.
fn suppress(turn: &mut Turn<'_, '_, '_>, argument: &Value) -> Result<Value, Refusal> {
    let text = |name: &str| argument.get(name).and_then(Value::as_str).unwrap_or_default();
    let until = argument.get("until").and_then(Value::as_str).map(|day| day.parse());
    let until = until.transpose().map_err(|_| (ErrorCode::InvalidParams, "until: YYYY-MM-DD".to_owned()))?;
    let (rule, reason) = (text("rule").to_owned(), text("reason").trim().to_owned());
    if reason.is_empty() || turn.session.basis.project.pack.rule(&rule).is_none() {
        return Err((ErrorCode::InvalidParams, "a rule and a reason are needed".to_owned()));
    }
    let line = argument.get("line").and_then(Value::as_u64).and_then(|line| usize::try_from(line).ok()).unwrap_or(0);
    let uri = text("uri").to_owned();
    let edit = {
        let document = document(turn, &json!({"textDocument": {"uri": uri}}))?;
        let maker = turn.maker();
        let actions = ActionMaker { session: turn.session, maker: &maker, document };
        actions.silencing((line, &rule), &SilenceReason { reason, until })
    };
    let is_made = edit.is_some();
    if let Some(edit) = edit {
        turn.outbox.request("workspace/applyEdit", json!({"label": format!("ignore {rule}"), "edit": edit}));
    }
    Ok(Value::Bool(is_made))
}
