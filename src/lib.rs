//! dianjian
