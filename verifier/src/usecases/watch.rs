use std::time::Duration;

use keys::token::BearerToken;
use openid4vp::verifier::Phase;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

use crate::app::{App, News};
use crate::usecases::result::{Progress, ResultError};
use crate::watchers::Place;

impl App {
    /// Watches a session: first how far it is, then every change, until nothing is waited for or
    /// the patience is at its end.
    ///
    /// # Errors
    /// [`ResultError::Unknown`] for a wrong token too, and [`ResultError::Watched`].
    pub(crate) async fn watch(
        &self,
        id: String,
        token: BearerToken,
        patience: Duration,
    ) -> Result<mpsc::Receiver<Phase>, ResultError> {
        // Before looking, so that no change falls between.
        let news = self.parts().news.subscribe();
        let seen = self.progress(&id, &token).await?;
        // After the token was checked: a stranger takes nobody's place.
        let place = self.parts().watchers.take(&id);
        let place = place.ok_or(ResultError::Watched)?;
        let (tell, told) = mpsc::channel(1);
        let watch = Watch {
            app: self.clone(),
            _place: place,
            id,
            token,
            tell,
        };
        tokio::spawn(tokio::time::timeout(patience, watch.run(seen, news)));
        Ok(told)
    }

    /// Waits until a request is answered, or can be answered no more.
    ///
    /// # Errors
    /// As [`App::progress`].
    pub async fn answered(&self, id: &str, token: &BearerToken) -> Result<Phase, ResultError> {
        let token = token.expose().into();
        let mut told = self.watch(id.to_owned(), token, Duration::MAX).await?;
        let mut last = Phase::Requested;
        while let Some(phase) = told.recv().await {
            last = phase;
        }
        Ok(last)
    }
}

struct Watch {
    app: App,
    _place: Place,
    id: String,
    token: BearerToken,
    tell: mpsc::Sender<Phase>,
}

impl Watch {
    async fn run(self, seen: Progress, mut news: Receiver<News>) {
        let mut phase = seen.phase;
        loop {
            if self.tell.send(phase).await.is_err() || phase != Phase::Requested {
                return;
            }
            phase = loop {
                tokio::select! {
                    () = self.tell.closed() => return,
                    stays = self.news(&mut news) => if !stays { return },
                    // Another process may take the answer, and time passes.
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
                match self.app.progress(&self.id, &self.token).await {
                    Ok(found) if found.phase == phase => {}
                    Ok(found) => break found.phase,
                    Err(ResultError::Unknown) => break Phase::Expired,
                    // The next look may succeed.
                    Err(ResultError::Store(_) | ResultError::Take(_) | ResultError::Watched) => {}
                }
            };
        }
    }

    /// Waits for news about the session; `false` if the service stops.
    async fn news(&self, news: &mut Receiver<News>) -> bool {
        loop {
            match news.recv().await {
                Ok(News::Changed(id)) if id == self.id => return true,
                Ok(News::Changed(_)) => {}
                Ok(News::Stopping) | Err(RecvError::Closed) => return false,
                Err(RecvError::Lagged(_)) => return true,
            }
        }
    }
}

const LOOK_EVERY: Duration = Duration::from_secs(1);
