//! How `ffmpeg` and `ffprobe` are called: no shell, no network, no question, no file of theirs.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::VideoError;

/// A program, ready for its arguments.
pub fn command(program: &'static str) -> Command {
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env("AV_LOG_FORCE_NOCOLOR", "1")
        // It would write a file where the process stands.
        .env_remove("FFREPORT")
        // Ctrl-C is the reader's to see, which ends the child then.
        .process_group(0);
    command
}

/// What a film may be, by ffmpeg's names, a single picture, and sound, of which it is told that
/// there are no pictures. None of these, unlike playlists, names other files; a picture's name may
/// count those beside it (`%d`).
const FORMATS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,h264,\
                       hevc,av1,obu,ivf,flv,ogg,asf,gif,apng,mxf,nut,yuv4mpegpipe,mjpeg,\
                       wav,mp3,flac,aac,image2,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe";

/// The options that name the film: a file, whatever its name looks like, and nothing that it
/// may point to elsewhere.
pub fn input(path: &Path) -> [OsString; 6] {
    let mut name = OsString::from("file:");
    name.push(path);
    let only = ["-protocol_whitelist", "file", "-format_whitelist", FORMATS, "-i"];
    let [protocols, file, formats, which, input] = only.map(OsString::from);
    [protocols, file, formats, which, input, name]
}

/// Why a program could not be started.
pub fn not_started(program: &'static str, error: &io::Error) -> VideoError {
    match error.kind() {
        io::ErrorKind::NotFound => VideoError::Tool { program },
        _ => VideoError::ToolFailed { program, message: error.to_string() },
    }
}
