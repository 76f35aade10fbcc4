// What a song of each class counts so that all classes count the same.
#pragma once

#include <vector>

namespace foldwave::training {

// scikit-learn's class_weight="balanced": songs / (classes that occur * songs of the class); 0 for a class without
// songs. [classes]
std::vector<float> balanced_weights(const std::vector<int>& label, int classes);

}  // namespace foldwave::training
