//! The description of the interface (OpenAPI 3.1), made of the routes and of the handlers' own signatures, so that it cannot
//! say anything else than what is served.

use std::future::Future;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::response::sse::Sse;
use axum::routing::{MethodFilter, on};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::ApiError;
use super::download::Download;
use super::error::ErrorAnswer;
use super::extract::{Body, Params};
use crate::serve::Served;

/// Where schemas stand in the description.
const SCHEMAS: &str = "/components/schemas";

/// Routes with what they take and answer.
pub struct Api {
    router: Router<Arc<Served>>,
    paths: Map<String, Value>,
    taken: SchemaGenerator,
    answered: SchemaGenerator,
}

/// One operation that is being described.
pub struct OperationDoc<'a> {
    parameters: Vec<Value>,
    body: Option<Value>,
    status: &'static str,
    content: Option<Value>,
    taken: &'a mut SchemaGenerator,
    answered: &'a mut SchemaGenerator,
}

/// What a handler takes from a request.
pub trait DescribedPart {
    fn describe(operation: &mut OperationDoc<'_>);
}

/// What a handler answers.
pub trait DescribedAnswer {
    fn describe(operation: &mut OperationDoc<'_>);
}

/// A handler with its parts `P`.
pub trait DescribedHandler<P> {
    fn describe(operation: &mut OperationDoc<'_>);
}

macro_rules! described_handler {
    ($($part:ident),*) => {
        impl<F, R, $($part),*> DescribedHandler<($($part,)*)> for F
        where
            F: Fn($($part),*) -> R,
            R: Future<Output: DescribedAnswer>,
            $($part: DescribedPart,)*
        {
            fn describe(operation: &mut OperationDoc<'_>) {
                $($part::describe(operation);)*
                <R::Output as DescribedAnswer>::describe(operation);
            }
        }
    };
}

described_handler!();
described_handler!(A);
described_handler!(A, B);
described_handler!(A, B, C);
described_handler!(A, B, C, D);

impl Api {
    /// No routes yet.
    pub fn new() -> Self {
        let settings = || SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = SCHEMAS.into());
        Self {
            router: Router::new(),
            paths: Map::new(),
            taken: settings().into_generator(),
            answered: settings().for_serialize().into_generator(),
        }
    }

    pub fn get<H: Handler<T, Arc<Served>> + DescribedHandler<P>, T: 'static, P>(
        self,
        at: &str,
        what: &str,
        h: H,
    ) -> Self {
        self.route(MethodFilter::GET, "get", (at, what), h)
    }

    pub fn post<H: Handler<T, Arc<Served>> + DescribedHandler<P>, T: 'static, P>(
        self,
        at: &str,
        what: &str,
        h: H,
    ) -> Self {
        self.route(MethodFilter::POST, "post", (at, what), h)
    }

    pub fn put<H: Handler<T, Arc<Served>> + DescribedHandler<P>, T: 'static, P>(
        self,
        at: &str,
        what: &str,
        h: H,
    ) -> Self {
        self.route(MethodFilter::PUT, "put", (at, what), h)
    }

    pub fn patch<H: Handler<T, Arc<Served>> + DescribedHandler<P>, T: 'static, P>(
        self,
        at: &str,
        what: &str,
        h: H,
    ) -> Self {
        self.route(MethodFilter::PATCH, "patch", (at, what), h)
    }

    pub fn delete<H: Handler<T, Arc<Served>> + DescribedHandler<P>, T: 'static, P>(
        self,
        at: &str,
        what: &str,
        h: H,
    ) -> Self {
        self.route(MethodFilter::DELETE, "delete", (at, what), h)
    }

    fn route<H: Handler<T, Arc<Served>> + DescribedHandler<P>, T: 'static, P>(
        mut self,
        filter: MethodFilter,
        method: &str,
        (at, what): (&str, &str),
        handler: H,
    ) -> Self {
        let mut operation = OperationDoc {
            parameters: path_parameters(at),
            body: None,
            status: "200",
            content: None,
            taken: &mut self.taken,
            answered: &mut self.answered,
        };
        H::describe(&mut operation);
        let described = operation.finish(what);
        if let Some(methods) = self.paths.entry(at).or_insert_with(|| json!({})).as_object_mut() {
            methods.insert(method.to_owned(), described);
        }
        self.router = self.router.route(at, on(filter, handler));
        self
    }

    /// Lets the bodies of all routes so far be as large as `bytes`.
    #[must_use]
    pub fn up_to(mut self, bytes: usize) -> Self {
        self.router = self.router.layer(DefaultBodyLimit::max(bytes));
        self
    }

    /// The routes.
    pub fn router(self) -> Router<Arc<Served>> {
        self.router
    }

    /// The description.
    pub fn description(mut self) -> Value {
        let error = self.answered.subschema_for::<ErrorAnswer>();
        let mut schemas = self.taken.take_definitions(true);
        schemas.extend(self.answered.take_definitions(true));
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "dianjian", "version": "1",
                "description": "What the page of the workbench asks of the server; `docs/workbench.md` tells more.",
                "license": {"name": "MIT OR Apache-2.0"},
            },
            "servers": [{"url": "/api/v1"}],
            "security": [{"token": []}],
            "paths": self.paths,
            "components": {
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
                "responses": {"Error": {
                    "description": "What is wrong, in Chinese and English.",
                    "content": {"application/json": {"schema": error}},
                }},
                "schemas": schemas,
            },
        })
    }
}

/// The parameters of an address such as `/projects/{p}`.
fn path_parameters(at: &str) -> Vec<Value> {
    let names = at.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})).collect()
}

impl OperationDoc<'_> {
    /// Takes the fields of a type as parameters of the query.
    pub fn query<T: JsonSchema>(&mut self) {
        let schema = T::json_schema(self.taken);
        let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let is_required = required.iter().any(|known| known == name);
            self.parameters.push(json!({"name": name, "in": "query", "required": is_required, "schema": schema}));
        }
    }

    fn finish(self, what: &str) -> Value {
        let mut answer = json!({"description": "As asked."});
        if let Some(content) = self.content {
            answer["content"] = content;
        }
        let mut described = json!({
            "summary": what,
            "responses": {(self.status): answer, "default": {"$ref": "#/components/responses/Error"}},
        });
        if !self.parameters.is_empty() {
            described["parameters"] = self.parameters.into();
        }
        if let Some(body) = self.body {
            described["requestBody"] = json!({"required": true, "content": body});
        }
        described
    }
}

impl<S> DescribedPart for State<S> {
    fn describe(_operation: &mut OperationDoc<'_>) {}
}

impl<T> DescribedPart for Path<T> {
    // The address names them.
    fn describe(_operation: &mut OperationDoc<'_>) {}
}

impl<T: JsonSchema> DescribedPart for Params<T> {
    fn describe(operation: &mut OperationDoc<'_>) {
        operation.query::<T>();
    }
}

impl<T: JsonSchema> DescribedPart for Body<T> {
    fn describe(operation: &mut OperationDoc<'_>) {
        let schema = operation.taken.subschema_for::<T>();
        let content = operation.body.get_or_insert_with(|| json!({}));
        content["application/json"] = json!({"schema": schema});
    }
}

impl DescribedPart for Multipart {
    fn describe(operation: &mut OperationDoc<'_>) {
        let file = json!({"type": "string", "format": "binary"});
        let schema = json!({"type": "object", "properties": {"file": {"type": "array", "items": file}}});
        let content = operation.body.get_or_insert_with(|| json!({}));
        content["multipart/form-data"] = json!({"schema": schema});
    }
}

impl<T: DescribedAnswer> DescribedAnswer for Result<T, ApiError> {
    fn describe(operation: &mut OperationDoc<'_>) {
        T::describe(operation);
    }
}

impl<T: JsonSchema> DescribedAnswer for Json<T> {
    fn describe(operation: &mut OperationDoc<'_>) {
        let schema = operation.answered.subschema_for::<T>();
        operation.content = Some(json!({"application/json": {"schema": schema}}));
    }
}

impl DescribedAnswer for StatusCode {
    fn describe(operation: &mut OperationDoc<'_>) {
        operation.status = "2XX";
    }
}

impl DescribedAnswer for String {
    fn describe(operation: &mut OperationDoc<'_>) {
        operation.content = Some(json!({"text/plain": {"schema": {"type": "string"}}}));
    }
}

impl DescribedAnswer for Download {
    fn describe(operation: &mut OperationDoc<'_>) {
        operation.content = Some(json!({"*/*": {"schema": {"type": "string", "format": "binary"}}}));
    }
}

impl<S> DescribedAnswer for Sse<S> {
    fn describe(operation: &mut OperationDoc<'_>) {
        operation.content = Some(json!({"text/event-stream": {"schema": {"type": "string"}}}));
    }
}
