//! An answer that is still coming, over our own client or over the SDK's.

use aws_sdk_s3::primitives::ByteStream;

use super::client::network;
use super::error::Error;

/// An answer that has begun well.
pub struct Streamed {
    operation: &'static str,
    line: Line,
}

enum Line {
    Own(reqwest::Response),
    Sdk(ByteStream),
}

impl Streamed {
    pub(super) fn own(operation: &'static str, response: reqwest::Response) -> Streamed {
        let line = Line::Own(response);
        Streamed { operation, line }
    }

    /// What the SDK handed out.
    pub fn sdk(operation: &'static str, body: ByteStream) -> Streamed {
        let line = Line::Sdk(body);
        Streamed { operation, line }
    }

    /// The next bytes; nothing at its end.
    ///
    /// # Errors
    /// When the line breaks before the end.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        match &mut self.line {
            Line::Own(response) => match response.chunk().await {
                Ok(bytes) => Ok(bytes.map(Into::into)),
                Err(error) => Err(network(self.operation, &error, true)),
            },
            Line::Sdk(body) => match body.next().await.transpose() {
                Ok(bytes) => Ok(bytes.map(Into::into)),
                Err(error) => Err(Error::Network {
                    operation: self.operation,
                    reason: format!("the answer ends early: {error}"),
                    sent: true,
                }),
            },
        }
    }
}
