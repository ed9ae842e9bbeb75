//! Who we are to S3, in boto3's order: environment, profile (keys, SSO, assumed roles),
//! web identity, container, instance. object_store knows neither profiles nor SSO, so
//! `aws-config` answers and [`AwsChain`] hands its answer on.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_config::BehaviorVersion;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use object_store::CredentialProvider;
use object_store::aws::AwsCredential;
use tokio::sync::Mutex;

use crate::options::S3Options;

/// How long before their end credentials are asked for again.
const EARLY: Duration = Duration::from_secs(300);

/// The chain of credential providers, with its last answer kept until it expires.
pub(crate) struct AwsChain {
    config: SdkConfig,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    credential: Arc<AwsCredential>,
    expiry: Option<SystemTime>,
}

impl AwsChain {
    /// Sets the chain up. No provider is asked yet.
    pub(crate) async fn load(options: &S3Options) -> Self {
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let mut profile = ProfileFileRegionProvider::builder();
        if let Some(name) = &options.profile {
            profile = profile.profile_name(name);
        }
        let given = options.region.clone().map(Region::new);
        let region = RegionProviderChain::first_try(given).or_else(profile.build());
        let mut loader =
            aws_config::defaults(BehaviorVersion::latest()).http_client(http).region(region);
        if let Some(name) = &options.profile {
            loader = loader.profile_name(name);
        }
        Self { config: loader.load().await, kept: Mutex::new(None) }
    }

    /// The region of the profile, when nobody gave another.
    pub(crate) fn region(&self) -> Option<String> {
        self.config.region().map(ToString::to_string)
    }

    async fn ask(&self) -> Result<Kept, Box<dyn std::error::Error + Send + Sync>> {
        let provider = self.config.credentials_provider().ok_or("no credentials are set up")?;
        let found = provider.provide_credentials().await?;
        let credential = AwsCredential {
            key_id: found.access_key_id().to_owned(),
            secret_key: found.secret_access_key().to_owned(),
            token: found.session_token().map(str::to_owned),
        };
        Ok(Kept { credential: Arc::new(credential), expiry: found.expiry() })
    }
}

impl Kept {
    fn is_fresh(&self) -> bool {
        self.expiry.is_none_or(|expiry| SystemTime::now() + EARLY < expiry)
    }
}

#[async_trait]
impl CredentialProvider for AwsChain {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        // Held while a provider answers, so that many requests ask it once.
        let mut kept = self.kept.lock().await;
        if !kept.as_ref().is_some_and(Kept::is_fresh) {
            *kept = Some(self.ask().await.map_err(|source| {
                object_store::Error::Unauthenticated { path: "the bucket".into(), source }
            })?);
        }
        match &*kept {
            Some(kept) => Ok(kept.credential.clone()),
            None => unreachable!("it was just filled"),
        }
    }
}

impl fmt::Debug for AwsChain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("AwsChain")
    }
}

/// Says in words which provider of the chain answers, for `doctor`. No secret is shown.
pub(crate) async fn describe(options: &S3Options) -> Result<String, String> {
    let chain = AwsChain::load(options).await;
    let provider = chain.config.credentials_provider().ok_or("no credentials are set up")?;
    let found = provider.provide_credentials().await.map_err(|error| chained(&error))?;
    let text = format!("{found:?}");
    let named = text.split("provider_name: \"").nth(1).and_then(|rest| rest.split('"').next());
    let key = found.access_key_id();
    let shown = key.get(..4.min(key.len())).unwrap_or_default();
    Ok(format!("{} (key {shown}…)", named.unwrap_or("the default chain")))
}

fn chained(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}
