//! Films that ffmpeg makes, read back: which frames, when, how large, and what is said of films
//! that are none.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use flownote_data::video::{Film, Pick, Position, Rate, Request, VideoError};
use flownote_flow::help::Help;
use tempfile::TempDir;

const WIDTH: u32 = 64;
const HEIGHT: u32 = 48;

/// Whether ffmpeg is there; says why a test did nothing when not.
fn has_ffmpeg() -> bool {
    let found = Command::new("ffmpeg").arg("-version").output().is_ok();
    if !found {
        eprintln!("skipped: `ffmpeg` is not installed");
    }
    found
}

macro_rules! needs_ffmpeg {
    () => {
        if !has_ffmpeg() {
            return;
        }
    };
}

fn ffmpeg(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y"]).args(arguments).current_dir(folder);
    let done = command.output().expect("ffmpeg runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A film of a noise that no two frames share, in a container and codec of somebody's choice.
fn film(folder: &Path, name: &str, seconds: u32, rate: &str, options: &[&str]) -> PathBuf {
    let source = format!(
        "testsrc2=size={WIDTH}x{HEIGHT}:rate={rate}:duration={seconds},noise=alls=30:allf=t"
    );
    let mut arguments = vec!["-f", "lavfi", "-i", source.as_str()];
    arguments.extend(options);
    arguments.push(name);
    ffmpeg(folder, &arguments);
    folder.join(name)
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// All frames and times that a request gives.
fn read(film: &Film, request: &Request) -> (Vec<Vec<u8>>, Vec<f64>) {
    let (mut frames, mut times) = (Vec::new(), Vec::new());
    for chunk in film.frames(request).expect("it begins") {
        let chunk = chunk.expect("a chunk");
        let size = chunk.width as usize * chunk.height as usize * 3;
        assert_eq!(chunk.pixels.len(), size * chunk.times.len());
        frames.extend(chunk.pixels.chunks(size).map(<[u8]>::to_vec));
        times.extend(chunk.times);
    }
    (frames, times)
}

fn error_of(film: &Film, request: &Request) -> (usize, VideoError) {
    let mut read = 0;
    for chunk in film.frames(request).expect("it begins") {
        match chunk {
            Ok(chunk) => read += chunk.times.len(),
            Err(error) => return (read, error),
        }
    }
    panic!("no error after {read} frames");
}

/// Every kind of film that seeking may go wrong in.
const KINDS: [(&str, &[&str]); 7] = [
    ("b_frames.mp4", &["-c:v", "libx264", "-g", "30", "-bf", "3"]),
    ("open_gop.mp4", &["-c:v", "libx264", "-x264-params", "open-gop=1:keyint=20:bframes=4"]),
    ("matroska.mkv", &["-c:v", "libx264", "-g", "50", "-bf", "2"]),
    ("transport.ts", &["-c:v", "libx264", "-g", "40", "-bf", "2"]),
    ("old.avi", &["-c:v", "mpeg4", "-g", "25", "-bf", "2"]),
    ("hidden.webm", &["-c:v", "libvpx", "-g", "30", "-auto-alt-ref", "1", "-lag-in-frames", "16"]),
    ("newer.webm", &["-c:v", "libvpx-vp9", "-g", "30", "-b:v", "200k"]),
];

#[test]
fn a_film_says_what_it_is() {
    needs_ffmpeg!();
    let folder = folder();
    let path = film(folder.path(), "a.mp4", 2, "30000/1001", &["-pix_fmt", "yuv420p"]);
    let film = Film::open(&path).expect("a film");
    assert_eq!((film.width(), film.height(), film.rotation()), (WIDTH, HEIGHT, 0));
    assert_eq!(film.rate(), Rate { frames: 30000, seconds: 1001 });
    assert_eq!(film.frame_count(), Some(60));
    assert!((film.duration().expect("known") - 2.002).abs() < 1e-6);
    assert_eq!(film.path(), path);
}

#[test]
fn every_frame_comes_once_with_its_time() {
    needs_ffmpeg!();
    let folder = folder();
    for (name, options) in KINDS {
        let path = film(folder.path(), name, 5, "25", options);
        let film = Film::open(&path).expect(name);
        let (frames, times) = read(&film, &Request { chunk: 7, ..Request::default() });
        assert_eq!(frames.len(), 125, "{name}");
        assert_eq!(times, film.times().expect(name), "{name}");
        for (number, time) in times.iter().enumerate() {
            // Some containers count milliseconds.
            assert!((time - number as f64 / 25.0).abs() <= 0.001, "{name}: {number} at {time}");
        }
        assert!(frames.windows(2).all(|pair| pair[0] != pair[1]), "{name}");
    }
}

#[test]
fn a_frame_is_the_same_however_it_was_sought() {
    needs_ffmpeg!();
    let folder = folder();
    for (name, options) in KINDS {
        let path = film(folder.path(), name, 5, "25", options);
        let film = Film::open(&path).expect(name);
        let (frames, times) = read(&film, &Request::default());
        for first in [1, 19, 20, 60, 124] {
            let end = (first + 9).min(125);
            let by_number = Request {
                start: Some(Position::Frame(first as u64)),
                end: Some(Position::Frame(end as u64)),
                chunk: 4,
                ..Request::default()
            };
            let found = read(&film, &by_number);
            assert_eq!(found.1, times[first..end], "{name} from {first}");
            assert!(found.0 == frames[first..end], "{name} from {first}");
            let by_time = Request {
                start: Some(Position::Seconds(times[first])),
                end: times.get(end).map(|time| Position::Seconds(*time)),
                ..by_number
            };
            assert_eq!(read(&film, &by_time).1, times[first..end], "{name} from {first}");
        }
    }
}

#[test]
fn frames_are_picked_by_number_and_by_rate() {
    needs_ffmpeg!();
    let folder = folder();
    let path = film(folder.path(), "a.mp4", 4, "25", &["-c:v", "libx264"]);
    let film = Film::open(&path).expect("a film");
    let all = read(&film, &Request::default());
    let start = Some(Position::Frame(10));
    let every = read(&film, &Request { start, pick: Pick::Every(7), ..Request::default() });
    let expected: Vec<usize> = (10..100).step_by(7).collect();
    assert_eq!(every.1, expected.iter().map(|it| all.1[*it]).collect::<Vec<_>>());
    assert!(every.0.iter().zip(&expected).all(|(frame, number)| *frame == all.0[*number]));
    let rate = read(&film, &Request { pick: Pick::PerSecond(2.0), ..Request::default() });
    assert_eq!(rate.1, [0.0, 0.52, 1.0, 1.52, 2.0, 2.52, 3.0, 3.52]);
    // A rate above the film's own invents no frames.
    let more = read(&film, &Request { pick: Pick::PerSecond(100.0), ..Request::default() });
    assert_eq!(more.1, all.1);
}

#[test]
fn times_of_a_film_without_a_steady_rate_are_its_own() {
    needs_ffmpeg!();
    let folder = folder();
    let select = ["-vf", "select=lt(mod(n\\,10)\\,3)", "-fps_mode", "vfr", "-c:v", "libx264"];
    let path = film(folder.path(), "steps.mkv", 4, "25", &select);
    let film = Film::open(&path).expect("a film");
    let (frames, times) = read(&film, &Request::default());
    assert_eq!(times[..5], [0.0, 0.04, 0.08, 0.4, 0.44]);
    let request = Request {
        start: Some(Position::Frame(4)),
        end: Some(Position::Frame(7)),
        ..Request::default()
    };
    let found = read(&film, &request);
    assert_eq!(found.1, times[4..7]);
    assert!(found.0 == frames[4..7]);
}

#[test]
fn a_pause_of_a_film_is_no_damage() {
    needs_ffmpeg!();
    let folder = folder();
    // Frames of the first second, and then of the sixth.
    let select = ["-vf", "select=lt(t\\,1)+gte(t\\,6)", "-fps_mode", "vfr", "-c:v", "libx264"];
    let path = film(folder.path(), "pause.mp4", 8, "25", &select);
    let film = Film::open(&path).expect("a film");
    let all = read(&film, &Request::default()).1;
    assert_eq!(all.len(), 75);
    let picks = [Pick::Every(1), Pick::Every(10), Pick::PerSecond(2.0)];
    for (pick, last) in picks.into_iter().zip([0.96, 0.8, 0.52]) {
        let end = Some(Position::Seconds(5.0));
        let found = read(&film, &Request { end, pick, ..Request::default() }).1;
        assert_eq!(found.last().copied(), Some(last), "{pick:?}");
    }
    let start = Some(Position::Seconds(0.5));
    let request = Request { start, end: Some(Position::Seconds(4.0)), ..Request::default() };
    assert_eq!(read(&film, &request).1, all[13..25]);
}

#[test]
fn frames_are_scaled_turned_and_stretched_as_they_are_shown() {
    needs_ffmpeg!();
    let folder = folder();
    let at = folder.path();
    film(at, "plain.mp4", 1, "10", &["-c:v", "libx264", "-pix_fmt", "yuv420p"]);
    ffmpeg(at, &["-i", "plain.mp4", "-c", "copy", "-metadata:s:v", "rotate=90", "turned.mp4"]);
    ffmpeg(at, &["-i", "plain.mp4", "-vf", "setsar=2/1", "-c:v", "libx264", "wide.mp4"]);
    let sizes = |name: &str, width| {
        let film = Film::open(at.join(name)).expect(name);
        let request = Request { width, ..Request::default() };
        let chunk = film.frames(&request).expect(name).next().expect(name).expect(name);
        ((film.width(), film.height()), (chunk.width, chunk.height))
    };
    assert_eq!(sizes("plain.mp4", None), ((64, 48), (64, 48)));
    assert_eq!(sizes("plain.mp4", Some(33)), ((64, 48), (33, 25)));
    assert_eq!(sizes("turned.mp4", None), ((48, 64), (48, 64)));
    assert_eq!(sizes("wide.mp4", Some(64)), ((128, 48), (64, 24)));
    // Upright again, a picture that lay: what was its left column is its top row.
    let turned = Film::open(at.join("turned.mp4")).expect("turned");
    assert!([90, 270].contains(&turned.rotation()));
}

#[test]
fn colours_are_those_of_the_film() {
    needs_ffmpeg!();
    let folder = folder();
    let source = "color=c=0xC81E3C:size=32x32:rate=5:duration=1";
    ffmpeg(folder.path(), &["-f", "lavfi", "-i", source, "-c:v", "ffv1", "red.mkv"]);
    let film = Film::open(folder.path().join("red.mkv")).expect("a film");
    let (frames, _) = read(&film, &Request::default());
    for (found, made) in frames[0].iter().zip([0xC8_u8, 0x1E, 0x3C].iter().cycle()) {
        assert!(found.abs_diff(*made) <= 3, "{found} for {made}");
    }
}

#[test]
fn names_are_names_whatever_they_look_like() {
    needs_ffmpeg!();
    let folder = folder();
    let made = film(folder.path(), "made.mp4", 1, "5", &["-c:v", "libx264"]);
    let odd: [&[u8]; 6] =
        [b"-i.mp4", b"a:b.mp4", b"http:x.mp4", b"line\nend.mp4", b"\xff\xfe.mp4", b"50%d 'q'.mp4"];
    for name in odd {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        fs::copy(&made, &path).expect("copied");
        let film = Film::open(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        assert_eq!(read(&film, &Request::default()).1.len(), 5, "{path:?}");
        assert_eq!(film.times().expect("times").len(), 5, "{path:?}");
    }
}

#[test]
fn what_is_no_film_is_told() {
    needs_ffmpeg!();
    let folder = folder();
    let at = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        Film::open(&path).expect_err(name)
    };
    assert!(matches!(at("empty.mp4", b""), VideoError::Empty { .. }));
    assert!(matches!(at("noise.mp4", &[7; 4000]), VideoError::NotAVideo { .. }));
    assert!(matches!(at("words.txt", b"just words\n"), VideoError::NotAVideo { .. }));
    let error = at("words.mp4", b"just words\n");
    assert!(error.to_string().contains("words.mp4 is not a video"), "{error}");
    let sine = "sine=duration=1";
    ffmpeg(folder.path(), &["-f", "lavfi", "-i", sine, "sound.wav"]);
    let error = Film::open(folder.path().join("sound.wav")).expect_err("sound");
    assert!(error.to_string().ends_with("there is no video stream in it"), "{error}");
    let error = Film::open(folder.path()).expect_err("a folder");
    assert!(error.to_string().ends_with("it is a folder"), "{error}");
    let error = Film::open("nowhere/film.mp4").expect_err("nothing");
    assert!(matches!(error, VideoError::Missing { .. }));
    assert!(error.hint().is_some_and(|hint| hint.contains("looked for in")));
}

#[test]
fn a_film_without_frames_is_told() {
    needs_ffmpeg!();
    let folder = folder();
    film(folder.path(), "none.mkv", 1, "5", &["-c:v", "libx264", "-frames:v", "0"]);
    let error = match Film::open(folder.path().join("none.mkv")) {
        Err(error) => error,
        Ok(film) => error_of(&film, &Request::default()).1,
    };
    assert!(matches!(error, VideoError::NoFrames { .. } | VideoError::NotAVideo { .. }), "{error}");
}

#[test]
fn a_damaged_film_gives_what_comes_before_and_says_where() {
    needs_ffmpeg!();
    let folder = folder();
    let at = folder.path();
    let options = ["-c:v", "libx264", "-g", "25", "-b:v", "400k", "-movflags", "+faststart"];
    for name in ["whole.mp4", "whole.mkv", "whole.ts", "whole.avi"] {
        let path = film(at, name, 8, "25", &options);
        let whole = Film::open(&path).expect(name);
        let frames = read(&whole, &Request::default()).0;
        let bytes = fs::read(&path).expect("read");
        let mut broken = bytes.clone();
        for byte in &mut broken[bytes.len() / 2..bytes.len() / 2 + 4000] {
            *byte ^= 0x5a;
        }
        let ending = path.extension().expect("an ending").to_string_lossy().into_owned();
        for (kind, bytes) in [("cut", &bytes[..bytes.len() / 2]), ("broken", &broken[..])] {
            if [("broken", "avi"), ("cut", "ts")].contains(&(kind, ending.as_str())) {
                // The demuxer of the one finds the next frame and says nothing: two are missing.
                // The other is a stream, which may end anywhere.
                continue;
            }
            let path = at.join(format!("{kind}.{ending}"));
            fs::write(&path, bytes).expect("written");
            let film = Film::open(&path).expect(kind);
            let request = Request { chunk: 5, ..Request::default() };
            let mut chunks = film.frames(&request).expect(kind);
            let (mut found, mut latest) = (0, 0.0);
            let error = chunks.find_map(|chunk| match chunk {
                Ok(chunk) => {
                    let size = frames[0].len();
                    for (pixels, time) in chunk.pixels.chunks(size).zip(chunk.times) {
                        let number = (time * 25.0).round() as usize;
                        // Nothing in the film tells that a frame's bytes are others.
                        let is_same = pixels == frames[number] || (kind == "broken" && number > 70);
                        assert!(is_same, "{kind} {name}: frame {number}");
                        (found, latest) = (found + 1, time);
                    }
                    None
                }
                Err(error) => Some(error),
            });
            let error = error.unwrap_or_else(|| panic!("{kind} {name}: {found} frames"));
            let VideoError::Damaged { second: Some(second), .. } = error else {
                panic!("{kind} {name}: {error}");
            };
            // Frames that are decoded side by side when damage is found are lost with it.
            assert!(found >= 40, "{kind} {name}: {found} frames");
            assert!(second <= latest && second > 1.6, "{kind} {name}: {second}");
            assert!(error.to_string().contains(&format!("after second {second:.2}")), "{error}");
            assert!(error.hint().is_some_and(|hint| hint.contains("end=")));
        }
    }
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    needs_ffmpeg!();
    let folder = folder();
    let path = film(folder.path(), "a.mp4", 1, "5", &["-c:v", "libx264"]);
    let film = Film::open(&path).expect("a film");
    let refused = |request: Request, name: &str| match film.frames(&request) {
        Err(VideoError::Request { name: found, .. }) => assert_eq!(found, name),
        other => panic!("{other:?}"),
    };
    let plain = Request::default;
    refused(Request { chunk: 0, ..plain() }, "chunk");
    refused(Request { chunk: usize::MAX, ..plain() }, "chunk");
    refused(Request { width: Some(0), ..plain() }, "width");
    refused(Request { pick: Pick::Every(0), ..plain() }, "every");
    refused(Request { pick: Pick::PerSecond(f64::NAN), ..plain() }, "rate");
    refused(Request { start: Some(Position::Seconds(-1.0)), ..plain() }, "start");
    refused(Request { end: Some(Position::Seconds(f64::INFINITY)), ..plain() }, "end");
    // What is behind the end is no mistake: there is nothing.
    for start in [Position::Seconds(60.0), Position::Frame(5), Position::Frame(u64::MAX)] {
        assert!(read(&film, &Request { start: Some(start), ..plain() }).1.is_empty());
    }
}

/// The child that decodes a film, once it is there.
fn child_of(path: &Path) -> u32 {
    let name = path.as_os_str().as_bytes();
    let reads = |id: &u32| {
        let command = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        command.starts_with(b"ffmpeg") && command.windows(name.len()).any(|part| part == name)
    };
    loop {
        let entries = fs::read_dir("/proc").expect("/proc").flatten();
        let mut ids = entries.filter_map(|it| it.file_name().to_str()?.parse().ok());
        if let Some(child) = ids.find(reads) {
            return child;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a process runs, or has ended and nobody asked how.
fn is_there(child: u32) -> bool {
    Path::new(&format!("/proc/{child}")).exists()
}

/// How many bytes of the film a child has decoded and written, as the kernel counts.
fn written(child: u32) -> u64 {
    let io = fs::read_to_string(format!("/proc/{child}/io")).expect("its counters");
    let line = io.lines().find_map(|line| line.strip_prefix("wchar: ")).expect("a line");
    line.parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn a_slow_reader_holds_the_child_back_and_one_that_leaves_ends_it() {
    needs_ffmpeg!();
    let folder = folder();
    let path =
        film(folder.path(), "long.mp4", 60, "50", &["-c:v", "libx264", "-preset", "ultrafast"]);
    let film = Film::open(&path).expect("a film");
    let request = Request { chunk: 10, width: Some(320), ..Request::default() };
    let mut frames = film.frames(&request).expect("it begins");
    let chunk = frames.next().expect("a chunk").expect("frames");
    let child = child_of(&path);
    // It stands still once the chunk ahead and the pipe are full.
    let mut before = written(child);
    let begin = Instant::now();
    loop {
        std::thread::sleep(Duration::from_millis(300));
        let now = written(child);
        if now == before {
            break;
        }
        before = now;
        assert!(begin.elapsed() < Duration::from_secs(60), "it never stops");
    }
    let chunks = before / chunk.pixels.len() as u64;
    assert!(chunks <= 4, "{chunks} chunks were written while one was read");
    drop(frames);
    assert!(!is_there(child));

    // The same when it is told to stop while it waits, and when it is read to its end.
    let mut frames = film.frames(&Request { chunk: 2000, ..request.clone() }).expect("it begins");
    let child = child_of(&path);
    assert_eq!(frames.next_unless(|| true), None);
    assert!(!is_there(child));
    let frames = film.frames(&request).expect("it begins");
    let child = child_of(&path);
    assert_eq!(frames.count(), 300);
    assert!(!is_there(child));
}

#[test]
fn a_playlist_opens_no_other_file() {
    needs_ffmpeg!();
    let folder = folder();
    let at = folder.path();
    let other = film(at, "other.ts", 1, "25", &["-c:v", "mpeg2video"]);
    let hls = format!(
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{}\n#EXT-X-ENDLIST\n",
        other.display()
    );
    for (name, text) in
        [("hls.mp4", hls), ("concat.mp4", "ffconcat version 1.0\nfile other.ts\n".into())]
    {
        let path = at.join(name);
        fs::write(&path, text).expect("written");
        let error = Film::open(&path).map(drop).expect_err(name);
        assert!(matches!(error, VideoError::NotAVideo { .. }), "{name}: {error}");
    }
}
