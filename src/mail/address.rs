#[derive(Clone, Debug)]
pub struct EmailAddress(String);
impl EmailAddress { pub fn as_str(&self) -> &str { &self.0 } }
