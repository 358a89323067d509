//! The page that explains what somebody pastes.

use http::{Request, Response};
use serde_json::json;
use url::form_urlencoded;

use crate::harness::{Shop, send};

async fn get(shop: &Shop, path: &str, languages: &str) -> Response<Vec<u8>> {
    let request = Request::get(path).header("accept-language", languages);
    send(&shop.router, request.body(Vec::new()).unwrap()).await
}

async fn paste(shop: &Shop, text: &str) -> Response<Vec<u8>> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    let form = form.append_pair("text", text).append_pair("lang", "en");
    let request = Request::post("/inspect")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.finish().into_bytes());
    send(&shop.router, request.unwrap()).await
}

/// As a browser sends the form.
async fn submit(shop: &Shop, text: &str) -> Response<Vec<u8>> {
    let request = Request::post("/inspect")
        .header("content-type", "text/plain")
        .body(format!("lang=en\r\ntext={text}\r\n").into_bytes());
    send(&shop.router, request.unwrap()).await
}

fn page(response: &Response<Vec<u8>>) -> String {
    String::from_utf8(response.body().clone()).unwrap()
}

#[tokio::test]
async fn the_page_runs_no_script_and_asks_nobody_else() {
    let shop = Shop::open().await;
    for response in [
        get(&shop, "/inspect", "en").await,
        paste(&shop, &shop.person(1).text).await,
        submit(&shop, &shop.person(1).text).await,
    ] {
        assert_eq!(response.status(), 200);
        let headers = response.headers();
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(
            headers["content-security-policy"],
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert!(!headers.contains_key("set-cookie"));
        let page = page(&response);
        for foreign in ["<script", "style=", "src=", "http-equiv", "href=\"http"] {
            assert!(!page.contains(foreign), "{foreign}");
        }
    }
    let style = get(&shop, "/inspect.css", "en").await;
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
    let style = page(&style);
    assert!(!style.contains("url(") && !style.contains("@import"));
    assert_eq!(shop.issuer.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn the_page_speaks_the_browsers_language_or_the_chosen_one() {
    let shop = Shop::open().await;
    for (path, languages, language) in [
        ("/inspect", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("/inspect", "de,en;q=0.7", "en"),
        ("/inspect", "", "en"),
        ("/inspect?lang=zh", "en", "zh"),
        ("/inspect?lang=xx", "zh", "zh"),
    ] {
        let response = get(&shop, path, languages).await;
        assert_eq!(response.headers()["content-language"], language);
        assert_eq!(response.headers()["vary"], "accept-language");
        let page = page(&response);
        assert!(page.contains(&format!("<html lang=\"{language}\">")));
        assert!(page.contains("<label for=\"text\">") && page.contains("<h1>"));
    }
}

#[tokio::test]
async fn a_credential_is_judged_with_the_keys_at_hand() {
    let shop = Shop::open().await;
    let held = shop.person(1);
    let good = page(&paste(&shop, &held.text).await);
    assert!(
        good.contains("<div class=\"verdict undecided\" role=\"status\">"),
        "{good}"
    );
    assert!(
        good.contains("The signature is genuine") && good.contains("Zdenka"),
        "{good}"
    );
    let (start, end) = held.text.split_at(held.text.find('~').unwrap() - 4);
    let forged = format!("{start}AAAA{}", &end[4..]);
    let bad = page(&paste(&shop, &forged).await);
    assert!(bad.contains("<div class=\"verdict bad\" role=\"status\">"));
    assert!(bad.contains("The signature is wrong"));
    assert_eq!(shop.issuer.asked(), Vec::<String>::new());
}

/// What a stranger's claims say stays text, wherever it stands.
#[tokio::test]
async fn hostile_claims_stay_text() {
    let shop = Shop::open().await;
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</dd></dl><form action=https://evil.example>",
        "' onmouseover='alert(1)",
        "<!--",
        "&lt;b&gt;",
        "javascript:alert(1)",
        "</title><svg onload=alert(1)>",
        "{ $injected }",
    ];
    for text in hostile {
        let json = json!({
            "@context": [text],
            "type": ["VerifiableCredential", text],
            "issuer": {"id": text, "name": text},
            "validFrom": text,
            "credentialStatus": {"statusListCredential": text},
            text: {text: [text, {text: text}]},
            "credentialSubject": {"id": text, text: text, "given_name": text},
            "proof": {"type": text, "cryptosuite": text, "verificationMethod": text,
                "proofPurpose": "authentication", "domain": text, "created": text},
        });
        let link = format!("openid4vp://?client_id={text}&request_uri={text}");
        let jwk = json!({"kty": text, "kid": text, "keys": [text]});
        for pasted in [
            json.to_string(),
            link,
            jwk.to_string(),
            text.to_owned(),
            format!("did:web:{text}"),
            format!("data:{text},{text}"),
        ] {
            let response = paste(&shop, &pasted).await;
            assert_eq!(response.status(), 200);
            let page = page(&response);
            for raw in ["<script", "<img", "<svg", "evil.example>", "<!--"] {
                assert!(!page.contains(raw), "{raw} in {page}");
            }
            // One form of ours, and no attribute that a claim could have ended.
            assert_eq!(page.matches("<form").count(), 1, "{page}");
            for tag in page.split('<').skip(1) {
                let tag = tag.split('>').next().unwrap();
                assert!(
                    !tag.contains("onmouseover") && !tag.contains("alert"),
                    "{tag}"
                );
            }
        }
    }
}

/// A secret is recognised, and neither it nor anything that was pasted comes back in the form.
#[tokio::test]
async fn secrets_are_not_repeated() {
    let shop = Shop::open().await;
    let words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
                 abandon about";
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "c2VjcmV0LXNlY3JldA"});
    for (text, secret) in [
        (words.to_owned(), "abandon"),
        (jwk.to_string(), "c2VjcmV0"),
        ("493536".to_owned(), "493536"),
    ] {
        let page = page(&paste(&shop, &text).await);
        assert!(page.contains("verdict secret"), "{page}");
        assert!(!page.contains(secret));
    }
}

#[tokio::test]
async fn what_is_too_much_is_refused() {
    let shop = Shop::open().await;
    let response = paste(&shop, &"x".repeat(70_000)).await;
    assert_eq!(response.status(), 413);
    // Quotes take no more room than they have.
    let wide = format!("[{}0]", "\"a\",\r\n".repeat(9_000));
    let response = submit(&shop, &wide).await;
    assert_eq!(response.status(), 200);
    assert!(page(&response).contains("JSON"));
    // A browser cuts what is longer than the field, and does not say so.
    let response = submit(&shop, &"x".repeat(62_000)).await;
    assert_eq!(response.status(), 413);
    assert!(page(&response).contains("62000 characters"));
    // The field takes as many Chinese characters as others, and so does the service.
    let response = submit(&shop, &"证".repeat(61_999)).await;
    assert_eq!(response.status(), 200);
    assert!(!page(&response).contains("62000 characters"));
    assert_eq!(submit(&shop, &"证".repeat(70_000)).await.status(), 413);
    // As deep and as wide as it fits.
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    assert_eq!(paste(&shop, &deep[..20_000]).await.status(), 200);
    let missing = Request::post("/inspect")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(b"lang=en".to_vec());
    let response = send(&shop.router, missing.unwrap()).await;
    assert_eq!(response.status(), 422);
}

/// Whoever asks too often has to wait, here as elsewhere.
#[tokio::test]
async fn the_page_counts_among_what_is_limited() {
    let shop = Shop::with(|config| {
        config.service.limits.requests_per_minute = 60;
        config.service.limits.burst = 3;
    })
    .await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(paste(&shop, "did:key:z").await.status().as_u16());
    }
    assert_eq!(statuses[0], 200);
    assert!(statuses.contains(&429), "{statuses:?}");
}
