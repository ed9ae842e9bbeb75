//! Notebooks as files: listed, made, renamed, copied, deleted, uploaded, looked back at.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flownote_flow::help::Help;
use flownote_notebook::{Cell, Document, Language, NotebookId};

use super::entry::{NotebookAt, NotebookFromTo, NotebookPlace, NotebookTree, NotebookUpload};
use super::folder::{Error, Relative};
use super::room::Refusal;
use super::rooms::Rooms;
use super::{file, history, tree};
use crate::answer::{Answer, Failure};
use crate::query::Body;
use crate::state::App;

/// The body of an upload is no larger: base64 takes a third more than the file.
const UPLOAD: usize = 64 << 20;

/// `GET api/notebooks`.
pub async fn list(State(app): State<App>) -> Answer<NotebookTree> {
    let ground = super::rooms(&app)?.ground.clone();
    let listed = blocking(move || {
        let running = |path: &Relative| ground.kernels.is_running(&ground.folder.whole(path));
        Ok(tree::list(&ground.folder, running))
    });
    Ok(Json(listed.await?))
}

/// `POST api/notebooks`: a new one, with one empty cell.
pub async fn create(State(app): State<App>, Body(new): Body<NotebookAt>) -> Answer<NotebookPlace> {
    let ground = super::rooms(&app)?.ground.clone();
    let path = Relative::of_notebook(&new.path)?;
    blocking(move || {
        let cell = Cell::new(format!("{:08x}", rand::random::<u32>()), Language::Python, "");
        let mut document = Document::new(vec![cell]).unwrap_or_default();
        document.id = Some(new_id());
        document.name_kernel();
        let bytes = file::encode(&path, &document, None);
        ground.folder.create(&path, &bytes)?;
        Ok(Json(NotebookPlace { path: path.as_str().to_owned() }))
    })
    .await
}

/// `POST api/notebooks/rename`.
pub async fn rename(
    State(app): State<App>,
    Body(asked): Body<NotebookFromTo>,
) -> Answer<NotebookPlace> {
    let rooms = super::rooms(&app)?;
    let (path, to) = (Relative::of_notebook(&asked.path)?, Relative::of_notebook(&asked.to)?);
    if path.ending() != to.ending() {
        return Err(Failure::wrong(
            "another ending is another format",
            "export the notebook in that format instead",
        ));
    }
    leave(rooms, &path).await?;
    let ground = rooms.ground.clone();
    blocking(move || {
        ground.folder.rename(&path, &to)?;
        // The notebook is whole without its history, too.
        let _ = history::rename(&ground.folder, &path, &to);
        let (file, to_file) = (ground.folder.whole(&path), ground.folder.whole(&to));
        let _ = ground.kernels.choices.rename(&file, &to_file);
        Ok(Json(NotebookPlace { path: to.as_str().to_owned() }))
    })
    .await
}

/// `POST api/notebooks/copy`. The copy is a notebook of its own.
pub async fn copy(
    State(app): State<App>,
    Body(asked): Body<NotebookFromTo>,
) -> Answer<NotebookPlace> {
    let rooms = super::rooms(&app)?;
    let (path, to) = (Relative::of_notebook(&asked.path)?, Relative::of_notebook(&asked.to)?);
    let mut document = document(rooms, &path).await?;
    let ground = rooms.ground.clone();
    blocking(move || {
        document.id = Some(new_id());
        let bytes = file::encode(&to, &document, None);
        ground.folder.create(&to, &bytes)?;
        Ok(Json(NotebookPlace { path: to.as_str().to_owned() }))
    })
    .await
}

/// `POST api/notebooks/delete`: into the trash.
pub async fn delete(
    State(app): State<App>,
    Body(asked): Body<NotebookAt>,
) -> Answer<NotebookPlace> {
    let rooms = super::rooms(&app)?;
    let path = Relative::of_notebook(&asked.path)?;
    leave(rooms, &path).await?;
    let ground = rooms.ground.clone();
    blocking(move || {
        let file = ground.folder.whole(&path);
        let path = ground.folder.delete(&path, &flownote_store::time::now())?;
        let _ = ground.kernels.choices.set(&file, None);
        Ok(Json(NotebookPlace { path }))
    })
    .await
}

/// `POST api/notebooks/upload`: a file of any kind beside the notebooks.
pub async fn upload(State(app): State<App>, request: Request) -> Answer<NotebookPlace> {
    let ground = super::rooms(&app)?.ground.clone();
    let too_large = |_| {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        let limit = (UPLOAD / 4 * 3) >> 20;
        Failure::new(
            status,
            format!("the file is larger than {limit} MB"),
            "copy it into the folder",
        )
    };
    let body = axum::body::to_bytes(request.into_body(), UPLOAD).await.map_err(too_large)?;
    let wrong = |error: serde_json::Error| {
        let hint = "reload the page: it may be older than the server";
        Failure::wrong(format!("the request can't be understood: {error}"), hint)
    };
    let asked: NotebookUpload = serde_json::from_slice(&body).map_err(wrong)?;
    let path = Relative::new(&asked.path)?;
    blocking(move || {
        let wrong =
            |_| Failure::wrong("the content is not base64", "reload the page and try again");
        let bytes = STANDARD.decode(asked.content).map_err(wrong)?;
        if path.ending() == Some("ipynb") {
            // Better to say so now than when it is opened.
            file::decode(&ground.folder, &path, &bytes).map_err(|source| {
                Failure::from(Refusal::Notebook { path: path.as_str().to_owned(), source })
            })?;
        }
        match ground.folder.create(&path, &bytes) {
            // Browsers have notebooks open, and see what changes: they aren't written over.
            Err(Error::Taken { .. }) if asked.replace && path.ending() != Some("ipynb") => {
                ground.folder.write(&path, &bytes)?;
            }
            made => made?,
        }
        Ok(Json(NotebookPlace { path: path.as_str().to_owned() }))
    })
    .await
}

/// The document as people see it, or as the file has it.
pub(super) async fn document(rooms: &Rooms, path: &Relative) -> Result<Document, Failure> {
    let (ground, path) = (rooms.ground.clone(), path.clone());
    let path = blocking(move || Ok(ground.folder.canonical(&path)?)).await?;
    if let Some(document) = rooms.look(&path).await {
        return Ok(document);
    }
    let ground = rooms.ground.clone();
    blocking(move || {
        let bytes = ground.folder.read(&path)?;
        let wrong = |source| Refusal::Notebook { path: path.as_str().to_owned(), source };
        Ok(file::decode(&ground.folder, &path, &bytes).map_err(wrong)?)
    })
    .await
}

/// Closes a notebook that is to be moved. One whose kernel runs stays.
async fn leave(rooms: &Rooms, path: &Relative) -> Result<(), Failure> {
    let path = rooms.ground.folder.canonical(path)?;
    if rooms.ground.kernels.is_running(&rooms.ground.folder.whole(&path)) {
        return Err(Failure::refused(
            format!("the kernel of `{}` runs", path.as_str()),
            "shut it down first: its values would be lost",
        ));
    }
    rooms.end(&path).await;
    Ok(())
}

fn new_id() -> NotebookId {
    NotebookId::compose(rand::random())
}

/// Does what waits for a disk.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Err(Failure::new(status, "the server failed", "see what it printed, and try again"))
    })
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Path { .. } | Error::Format { .. } => StatusCode::BAD_REQUEST,
            Error::Missing { .. } => StatusCode::NOT_FOUND,
            Error::Taken { .. } => StatusCode::CONFLICT,
            Error::Large { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Error::Io { .. } => StatusCode::FORBIDDEN,
        };
        Self::of(status, &error)
    }
}

impl From<Refusal> for Failure {
    fn from(error: Refusal) -> Self {
        match error {
            Refusal::Folder(error) => error.into(),
            error @ Refusal::Notebook { .. } => {
                let hint = error.hint().unwrap_or_else(|| "open it in an editor".to_owned());
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string(), hint)
            }
        }
    }
}
