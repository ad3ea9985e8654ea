//! Bodies and queries that are what an address wants, or an answer that says what is wrong with them.

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Json, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use dianjian_base::text;
use serde::de::DeserializeOwned;

use super::ApiError;

/// The body as JSON.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(refused(&rejection)),
        }
    }
}

fn refused(rejection: &JsonRejection) -> ApiError {
    let reason = rejection.body_text();
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            text! {
                zh: "内容太大",
                en: "the content is too large",
            },
        );
    }
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "bad-body",
        text! {
            zh: "请求的内容不对：{reason}",
            en: "the body is not what this address takes: {reason}",
        },
    )
}

/// The query, without anything that the address does not know.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => {
                let reason = rejection.body_text();
                Err(ApiError::new(
                    StatusCode::BAD_REQUEST,
                    "bad-query",
                    text! {
                        zh: "地址里的参数不对：{reason}",
                        en: "the query is not what this address takes: {reason}",
                    },
                ))
            }
        }
    }
}
