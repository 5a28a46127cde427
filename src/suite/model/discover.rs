//! How an environment's base URL is found where the suite does not say it.

use crate::suite::template::Template;

/// Where a base URL comes from.
#[derive(Debug, Clone)]
pub enum Discover {
    /// Upsun, formerly Platform.sh.
    Upsun(Upsun),
    /// The variables of Vercel, which hold hosts without a scheme.
    Vercel(VercelHost),
    /// The variables of Netlify.
    Netlify(NetlifyUrl),
    /// The variables of GitLab.
    Gitlab,
    /// The `deployment_status` event of GitHub.
    Github,
    /// The variable of this name.
    Variable(String),
    /// What a program prints, given with its arguments and run without a shell; at least its name.
    Command(Vec<Template>),
}

/// Which environment of which project on Upsun; what is absent is that of the container or the checkout.
#[derive(Debug, Clone, Default)]
pub struct Upsun {
    /// The ID of the project.
    pub project: Option<Template>,
    /// The name of the environment.
    pub environment: Option<Template>,
    /// The ID of a route; the primary one where absent.
    pub route: Option<Template>,
}

/// Which of the hosts that Vercel knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VercelHost {
    /// That of this very deployment, `VERCEL_URL`.
    Deployment,
    /// That of the branch, `VERCEL_BRANCH_URL`.
    Branch,
    /// That of production, `VERCEL_PROJECT_PRODUCTION_URL`.
    Production,
}

/// Which of the URLs that Netlify knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetlifyUrl {
    /// That of this deployment or its branch, `DEPLOY_PRIME_URL`.
    Deployment,
    /// That of production, `URL`.
    Production,
}
