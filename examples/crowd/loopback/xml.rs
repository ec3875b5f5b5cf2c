//! XML as far as the directory speaks it: elements are written from parts, and one text is found in what clients send.
//! No parser: a body that needs one is not understood.

/// A whole document around its root element.
pub fn document(root: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>{root}")
}

/// An element with attributes around content that is XML already.
pub fn element(name: &str, attributes: &[(&str, &str)], content: &str) -> String {
    let attributes: String = attributes.iter().map(|(key, value)| format!(" {key}=\"{}\"", escaped(value))).collect();
    if content.is_empty() {
        format!("<{name}{attributes}/>")
    } else {
        format!("<{name}{attributes}>{content}</{name}>")
    }
}

/// An element around a text.
pub fn text(name: &str, value: &str) -> String {
    element(name, &[], &escaped(value))
}

/// The text of the first element of this name that has no attributes and holds nothing but text.
pub fn find_text(document: &str, name: &str) -> Option<String> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (content, _) = rest.split_once(&format!("</{name}>"))?;
    (!content.contains('<')).then(|| unescaped(content))
}

fn escaped(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn unescaped(value: &str) -> String {
    let plain = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    plain.replace("&amp;", "&")
}
