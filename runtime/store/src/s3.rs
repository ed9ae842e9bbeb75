//! S3 by URL. object_store speaks to the bucket; [`crate::credentials`] says as whom.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, RetryConfig};

use crate::credentials::AwsChain;
use crate::error::{Error, Result};
use crate::keys;
use crate::location::S3Url;
use crate::options::StoreOptions;

/// How long object_store asks again by itself before it tells us.
const PATIENCE: Duration = Duration::from_secs(30);
const RETRIES: usize = 3;

/// The region that S3 itself falls back to.
const DEFAULT_REGION: &str = "us-east-1";

/// Connects to a bucket. Nothing is sent yet: a wrong name shows on first use.
pub(crate) async fn connect(url: &S3Url, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>> {
    let chain = AwsChain::load(&options.s3).await;
    let endpoint = url.endpoint.clone().or_else(|| options.s3.endpoint.clone());
    let region = url.region.clone().or_else(|| options.s3.region.clone()).or(chain.region());
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&url.bucket)
        .with_region(region.unwrap_or_else(|| DEFAULT_REGION.to_owned()))
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_retry(RetryConfig {
            max_retries: RETRIES,
            retry_timeout: PATIENCE,
            ..RetryConfig::default()
        })
        .with_credentials(Arc::new(chain));
    if let Some(endpoint) = endpoint {
        builder = builder.with_allow_http(endpoint.starts_with("http://")).with_endpoint(endpoint);
    }
    let refuse =
        |error: object_store::Error| Error::Url { url: url.to_string(), reason: error.to_string() };
    let bucket = builder.build().map_err(refuse)?;
    if url.prefix.is_empty() {
        return Ok(Arc::new(bucket));
    }
    Ok(Arc::new(PrefixStore::new(bucket, keys::path(&url.prefix)?)))
}
