//! What a request has to carry before anything looks at it, and what every answer says to the browser.
//!
//! A page of another origin can send requests to the loopback interface, and a name that an attacker controls can be made to
//! point there (DNS rebinding). So the `Host` must be ours, `Origin` and `Sec-Fetch-Site` must not be another's, and
//! everything below `/api/` wants the token.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use dianjian_base::text;

use crate::api::ApiError;
use crate::token::Token;

/// What the guard of a server knows.
#[derive(Debug)]
pub struct Guard {
    /// The secret of this start, and those of programs.
    tokens: Vec<Token>,
    /// Hosts under which the server may be addressed, with the port.
    hosts: Vec<String>,
}

/// What pages of the server may load and do.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; \
                      connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

impl Guard {
    /// The guard of a server that listens on an address. `named` are further hosts under which a reverse proxy or another
    /// machine may address it, as they stand in the header.
    pub fn new(tokens: Vec<Token>, address: SocketAddr, named: &[String]) -> Self {
        let port = address.port();
        let mut hosts = vec![format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")];
        if !address.ip().is_unspecified() {
            hosts.push(address.to_string());
        }
        hosts.extend(named.iter().cloned());
        Self { tokens, hosts }
    }

    fn check(&self, path: &str, headers: &HeaderMap) -> Result<(), ApiError> {
        let value = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("\u{0}"));
        let is_ours = |host: &str| self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
        if !value(header::HOST).is_some_and(is_ours) {
            return Err(ApiError::new(
                StatusCode::MISDIRECTED_REQUEST,
                "wrong-host",
                text! {
                    zh: "请求的主机名不是店检的地址",
                    en: "the request's host is not the workbench's address",
                },
            ));
        }
        let own_origin = |origin: &str| origin.strip_prefix("http://").is_some_and(is_ours);
        let foreign = value(header::ORIGIN).is_some_and(|origin| !own_origin(origin));
        let site = value(HeaderName::from_static("sec-fetch-site"));
        if foreign || matches!(site, Some("cross-site" | "same-site")) {
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "foreign-origin",
                text! {
                    zh: "别的网页不能使用店检",
                    en: "pages of other origins may not use the workbench",
                },
            ));
        }
        let is_open = !path.starts_with("/api/") || path == "/api/v1/health";
        // All are compared, so that the time tells nothing.
        let is_known =
            |header: &str| self.tokens.iter().fold(false, |known, token| known | token.is_carried_by(header));
        if is_open || value(header::AUTHORIZATION).is_some_and(is_known) {
            return Ok(());
        }
        Err(ApiError::new(
            StatusCode::UNAUTHORIZED,
            "no-token",
            text! {
                zh: "没有凭证，或凭证是上一次启动的",
                en: "there is no token, or it is of an earlier start",
            },
        )
        .with_help(text! {
            zh: "用 dianjian serve 显示的完整地址重新打开。",
            en: "Open the whole address that `dianjian serve` prints.",
        }))
    }
}

/// Lets through what the guard allows, and gives every answer its headers.
pub async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match guard.check(request.uri().path(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "Bearer 07070707070707070707070707070707";

    fn status(path: &str, headers: &[(&'static str, &str)]) -> u16 {
        let guard = Guard::new(vec![Token::new([9; 16]), Token::new([7; 16])], "127.0.0.1:4100".parse().unwrap(), &[]);
        let map = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
        guard.check(path, &map).map_or_else(|error| error.status().as_u16(), |()| 200)
    }

    #[test]
    fn only_our_page_with_the_token_gets_through() {
        let host = ("host", "127.0.0.1:4100");
        let token = ("authorization", SECRET);
        assert_eq!(status("/api/v1/about", &[host, token]), 200);
        assert_eq!(status("/api/v1/about", &[("host", "LOCALHOST:4100"), token]), 200);
        assert_eq!(status("/api/v1/about", &[host]), 401);
        assert_eq!(status("/api/v1/about", &[host, ("authorization", "Bearer 07")]), 401);
        assert_eq!(status("/api/v1/about", &[("host", "evil.test:4100"), token]), 421);
        assert_eq!(status("/", &[("host", "evil.test:4100")]), 421);
        assert_eq!(status("/", &[("host", "127.0.0.1:4101")]), 421);
        assert_eq!(status("/", &[]), 421);
        assert_eq!(status("/api/v1/about", &[host, token, ("origin", "http://127.0.0.1:4100")]), 200);
        assert_eq!(status("/api/v1/about", &[host, token, ("origin", "http://127.0.0.1:4101")]), 403);
        assert_eq!(status("/api/v1/about", &[host, token, ("origin", "null")]), 403);
        assert_eq!(status("/api/v1/about", &[host, token, ("sec-fetch-site", "same-origin")]), 200);
        assert_eq!(status("/api/v1/about", &[host, token, ("sec-fetch-site", "cross-site")]), 403);
        assert_eq!(status("/api/v1/health", &[host]), 200);
        assert_eq!(status("/", &[host]), 200);
    }
}
