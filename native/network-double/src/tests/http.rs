//! Artifacts over HTTP, and what is kept of everything received.

use std::fs;

use serde_json::{json, Value};

use super::kit::{self, Network};

#[tokio::test]
async fn an_upload_is_denied_without_its_token() {
    let network = Network::start("base").await;
    let place = network.create_artifact(1).await.unwrap();
    let (bare, _) = place.artifact_presigned_url.split_once('?').unwrap();
    for url in [bare.to_owned(), format!("{bare}?token=guess")] {
        let put = network.http.put(url).body(kit::program()).send().await.unwrap();
        assert_eq!(put.status(), 403);
    }
    let other = network.create_artifact(1).await.unwrap();
    let (_, token) = other.artifact_presigned_url.split_once('?').unwrap();
    let put = network.http.put(format!("{bare}?{token}")).body(kit::program()).send().await;
    assert_eq!(put.unwrap().status(), 403);
    let get = network.http.get(bare).send().await.unwrap();
    assert_eq!(get.status(), 404);
}

#[tokio::test]
async fn what_is_uploaded_must_be_a_program_and_stay_the_same() {
    let network = Network::start("base").await;
    let url = network.create_artifact(1).await.unwrap().artifact_presigned_url;
    let put = |bytes: Vec<u8>| {
        let put = network.http.put(&url).body(bytes);
        async { put.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(put(b"an input perhaps".to_vec()).await, 400);
    assert_eq!(network.line("PUT").await["violation"], "not an artifact of its kind");
    assert_eq!(put(kit::program()).await, 200);
    assert_eq!(network.line("PUT").await["committed"], true);
    assert_eq!(put(kit::program()).await, 200);
    assert_eq!(network.line("PUT").await["committed"], false);
    let other =
        zstd::encode_all(&[&[9, 0, 0, 0, 0, 0, 0, 0][..], b"\x7fELF other"].concat()[..], 3);
    assert_eq!(put(other.unwrap()).await, 409);
}

#[tokio::test]
async fn no_input_can_be_uploaded_anywhere() {
    let network = Network::start("base").await;
    let url = format!("{}/artifacts/stdin/1", network.service.url);
    assert_eq!(network.http.put(url).body("input").send().await.unwrap().status(), 403);
    assert_eq!(network.line("PUT").await["violation"], "stdin sent upstream");
}

#[tokio::test]
async fn every_byte_received_is_kept_and_no_token_is_journaled() {
    let network = Network::start("base").await;
    let url = network.create_artifact(1).await.unwrap().artifact_presigned_url;
    let marked = [kit::program(), b"MARKER-1".to_vec()].concat();
    let put = network.http.put(&url).header("x-odd", "MARKER-2").body(marked);
    put.send().await.unwrap();
    network.request(kit::order(0, "https://gw.example/MARKER-3")).await.unwrap_err();

    let mut kept = Vec::new();
    for file in fs::read_dir(network.folder.path().join("kept")).unwrap() {
        kept.extend(fs::read(file.unwrap().path()).unwrap());
    }
    let has = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|at| at == text.as_bytes());
    for marker in ["MARKER-1", "MARKER-2", "MARKER-3"] {
        assert!(has(&kept, marker), "{marker}");
    }
    let journal = fs::read(network.folder.path().join("journal")).unwrap();
    let (_, token) = url.split_once("token=").unwrap();
    assert!(has(&kept, token) && !has(&journal, token));
    assert!(!has(&journal, "MARKER-1") && has(&journal, "MARKER-3"));
    let lines = String::from_utf8(journal).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json!(lines), network.ask("journal").await);
}

#[tokio::test]
async fn control_is_not_served_to_clients() {
    let network = Network::start("base").await;
    let url = format!("{}/control/requests", network.service.url);
    assert_eq!(network.http.get(url).send().await.unwrap().status(), 404);
}
