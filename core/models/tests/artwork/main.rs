//! What holds for any frames and any candidates. That the numbers are those of OpenCV,
//! scikit-image and SciPy is tested from Python, which reads pictures.

mod frames;
mod ranking;
mod shots;
