//! Input: `plain LIST IN_FLIGHT [CA]`, a file of URLs, one a line, and a file of PEM certificates. Output: what was not
//! answered with 200, and how many answers there were. It is what one writes who needs it once: reqwest with its
//! default features, tokio with its default runtime.

use std::error::Error;
use std::{env, fs};

use futures::{StreamExt, stream};
use reqwest::{Certificate, Client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let list = fs::read_to_string(arguments.next().ok_or("no list")?)?;
    let in_flight = arguments.next().ok_or("no number in flight")?.parse()?;

    let mut client = Client::builder();
    if let Some(ca) = arguments.next() {
        client = client.tls_certs_only([Certificate::from_pem(&fs::read(ca)?)?]);
    }
    let client = client.build()?;

    let mut answers = stream::iter(list.lines())
        .map(|url| {
            let client = &client;
            async move {
                let answer = client.get(url).send().await?;
                let status = answer.status();
                answer.bytes().await?;
                Ok::<_, reqwest::Error>((url, status))
            }
        })
        .buffer_unordered(in_flight);

    let (mut count, mut deviating) = (0, 0);
    while let Some(answer) = answers.next().await {
        let (url, status) = answer?;
        count += 1;
        if status != 200 {
            deviating += 1;
            println!("{url} {status}");
        }
    }
    println!("{count} answers, {deviating} of them not 200");
    Ok(())
}
