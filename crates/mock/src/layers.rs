//! Compressed bodies, and CORS for pages in browsers.

use std::time::Duration;

use http::{Extensions, HeaderMap, Method, Request, Response, StatusCode, Version, header};
use http_body_util::Either;
use hyper::body::{Body, Bytes, Incoming};
use tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};
use tower_http::CompressionLevel;
use tower_http::body::UnsyncBoxBody;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::compression::{CompressionBody, CompressionLayer};
use tower_http::cors::{AllowHeaders, AllowMethods, Any, CorsLayer};
use tower_http::decompression::{DecompressionBody, RequestDecompressionLayer};

use super::control::is_control;
use super::fault::ConnectionFault;

/// The body of a request: decompressed, or as it is.
pub(super) type RequestBody = Either<DecompressionBody<Incoming>, Incoming>;

/// The body of a response: compressed if the client accepts that, or as it is.
pub(super) type ResponseBody<B> = Either<CompressionBody<UnsyncBoxBody<Bytes, BoxError>>, B>;

/// How long a browser may remember what a page of another site may send.
const MAX_AGE: Duration = Duration::from_hours(1);

/// Passes a request to a handler, and its response back.
///
/// A body whose encoding is not supported is passed on as it is.
pub(super) async fn layered<B, E, F>(
    request: Request<Incoming>,
    handle: impl FnOnce(Request<RequestBody>) -> F,
) -> Result<Response<ResponseBody<B>>, E>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    // The layers have a price.
    let headers = request.headers();
    let names = [
        header::ORIGIN,
        header::ACCEPT_ENCODING,
        header::CONTENT_ENCODING,
    ];
    if !names.iter().any(|name| headers.contains_key(name)) {
        let response = handle(request.map(Either::Right)).await?;
        return Ok(response.map(Either::Right));
    }
    let cors = is_from_page(&request).then(|| {
        CorsLayer::new()
            .allow_origin(Any)
            .allow_methods(AllowMethods::mirror_request())
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(Any)
            .max_age(MAX_AGE)
    });
    let is_complete = |_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions| {
        extensions.get::<ConnectionFault>().is_none()
    };
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(DefaultPredicate::new().and(is_complete));
    let mut handle = Some(handle);
    let service = ServiceBuilder::new()
        .option_layer(cors)
        .layer(compression)
        .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
        .service(service_fn(|request: Request<_>| {
            let handle = handle.take();
            let request = request.map(Either::Left);
            async { handle.expect("a service is called once")(request).await }
        }));
    Ok(service.oneshot(request).await?.map(Either::Left))
}

/// Returns whether a page in a browser sent a request, or asks whether it may: pages of other sites may
/// call the API, but never control the server.
fn is_from_page<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    let is_preflight = || headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    headers.contains_key(header::ORIGIN)
        && !is_control(request.uri())
        && (request.method() != Method::OPTIONS || is_preflight())
}
