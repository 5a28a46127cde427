//! Input: any HTTP/1.1 requests without a body. Output: the port on the first line, then `200` to each request after
//! 50 ms. It ends when its standard input does, so that it never outlives the one that started it.

use std::time::Duration;

use tokio::io::{self, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

const DELAY: Duration = Duration::from_millis(50);
const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nok\n";

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A connection that breaks off is its client's affair.
            tokio::spawn(async move { serve(stream).await.ok() });
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink()).await?;
    Ok(())
}

async fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut seen = Vec::with_capacity(4096);
    while stream.read_buf(&mut seen).await? > 0 {
        if seen.ends_with(b"\r\n\r\n") {
            seen.clear();
            sleep(DELAY).await;
            stream.write_all(ANSWER).await?;
        }
    }
    Ok(())
}
