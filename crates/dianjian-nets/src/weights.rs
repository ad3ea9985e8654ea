//! Weight files in the safetensors format.

use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors};
use thiserror::Error;

use crate::{Conv, Depthwise, PANEL};

/// Why weights cannot be loaded.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The file is malformed or lacks a tensor.
    #[error("the weights cannot be read: {0}")]
    Format(#[from] SafeTensorError),
    /// A tensor is not of type `f32`, or has another shape than its layer takes.
    #[error("the weights `{name}` are {dtype:?} of shape {shape:?}, which the layer does not take")]
    Shape {
        /// The tensor's name in the file.
        name: String,
        /// The type of its numbers.
        dtype: Dtype,
        /// Its dimensions, outermost first.
        shape: Vec<usize>,
    },
}

/// The tensors of a safetensors file, by name.
#[derive(Debug)]
pub struct Weights<'a>(SafeTensors<'a>);

impl<'a> Weights<'a> {
    /// Parses the header of a safetensors file; tensors are read on demand.
    ///
    /// # Errors
    ///
    /// The file is malformed.
    pub fn read(file: &'a [u8]) -> Result<Self, WeightsError> {
        Ok(Self(SafeTensors::deserialize(file)?))
    }

    /// The shape and the numbers of a tensor.
    ///
    /// # Errors
    ///
    /// There is no `f32` tensor of that name and rank.
    pub fn tensor<const RANK: usize>(&self, name: &str) -> Result<([usize; RANK], Vec<f32>), WeightsError> {
        let tensor = self.0.tensor(name)?;
        match <[usize; RANK]>::try_from(tensor.shape()) {
            Ok(shape) if tensor.dtype() == Dtype::F32 => {
                let (numbers, _) = tensor.data().as_chunks::<4>();
                Ok((shape, numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()))
            }
            _ => Err(self.shape_error(name)),
        }
    }

    /// A convolution from the tensors `NAME.weight` and `NAME.bias`.
    ///
    /// # Errors
    ///
    /// They are missing, or their shapes do not match.
    pub fn conv(&self, name: &str) -> Result<Conv, WeightsError> {
        let ([outputs, inputs, rows, columns], weights) = self.tensor(&format!("{name}.weight"))?;
        let bias = self.bias(name, outputs)?;
        if rows != columns {
            return Err(self.shape_error(&format!("{name}.weight")));
        }
        Ok(Conv::new(&weights, [outputs, inputs, rows], &bias))
    }

    /// A depthwise convolution from the same tensors: 3 by 3 kernels, a multiple of 16 channels.
    ///
    /// # Errors
    ///
    /// They are missing, or have another shape.
    pub fn depthwise(&self, name: &str) -> Result<Depthwise, WeightsError> {
        let ([channels, inputs, rows, columns], weights) = self.tensor(&format!("{name}.weight"))?;
        let bias = self.bias(name, channels)?;
        if [inputs, rows, columns] != [1, 3, 3] || channels % PANEL != 0 {
            return Err(self.shape_error(&format!("{name}.weight")));
        }
        Ok(Depthwise::new(&weights, &bias))
    }

    fn bias(&self, name: &str, outputs: usize) -> Result<Vec<f32>, WeightsError> {
        let name = format!("{name}.bias");
        let ([biases], bias) = self.tensor(&name)?;
        if biases == outputs { Ok(bias) } else { Err(self.shape_error(&name)) }
    }

    fn shape_error(&self, name: &str) -> WeightsError {
        match self.0.tensor(name) {
            Ok(tensor) => {
                WeightsError::Shape { name: name.to_owned(), dtype: tensor.dtype(), shape: tensor.shape().to_vec() }
            }
            Err(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use safetensors::tensor::TensorView;

    use super::*;

    /// A file of tensors of zeros.
    fn file(tensors: &[(&str, Dtype, &[usize])]) -> Vec<u8> {
        let zeros = [0; 40_000];
        let views = tensors.iter().map(|&(name, dtype, shape)| {
            let bytes = shape.iter().product::<usize>() * dtype.bitsize() / 8;
            (name, TensorView::new(dtype, shape.to_vec(), &zeros[..bytes]).unwrap())
        });
        safetensors::serialize(views.collect::<BTreeMap<_, _>>(), None).unwrap()
    }

    #[test]
    fn layers_are_made_of_tensors_that_belong_together() {
        let file = file(&[("a.weight", Dtype::F32, &[20, 3, 5, 5]), ("a.bias", Dtype::F32, &[20])]);
        let weights = Weights::read(&file).unwrap();
        assert_eq!(weights.conv("a").unwrap().strided(2, 2).shape([10, 7, 3]), [5, 4, 20]);
        assert!(matches!(weights.depthwise("a"), Err(WeightsError::Shape { .. })));
        assert!(matches!(weights.conv("b"), Err(WeightsError::Format(SafeTensorError::TensorNotFound(_)))));
    }

    #[test]
    fn others_are_told() {
        let message = |weight: (Dtype, &[usize]), bias: (Dtype, &[usize])| {
            let file = file(&[("a.weight", weight.0, weight.1), ("a.bias", bias.0, bias.1)]);
            Weights::read(&file).unwrap().conv("a").unwrap_err().to_string()
        };
        let good: (Dtype, &[usize]) = (Dtype::F32, &[2, 3, 1, 1]);
        for (weight, bias) in [
            (good, (Dtype::F32, &[3][..])),
            (good, (Dtype::F32, &[2, 1][..])),
            (good, (Dtype::F16, &[2][..])),
            ((Dtype::F32, &[2, 3, 1, 2]), (Dtype::F32, &[2][..])),
            ((Dtype::F32, &[2, 3]), (Dtype::F32, &[2][..])),
        ] {
            let message = message(weight, bias);
            assert!(message.starts_with("the weights `a.") && message.contains("does not take"), "{message}");
        }
        assert!(Weights::read(b"{}").is_err());
    }
}
