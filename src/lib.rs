//! dianjian
pub mod text;
