#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {

void declare_options(OptionRegistry& registry) {
  registry.add({.key = "stack.method",
                .default_value = "auto",
                .help = "how the models' predictions become one; auto: the geometric mean unless another way wins by "
                        "more than one standard error",
                .unit = "",
                .choices = {"auto", "logistic", "mean", "geometric", "weighted"}});
  registry.add({.key = "stack.c",
                .default_value = "1",
                .help = "inverse of the meta-model's L2 penalty, as scikit-learn's C; above 0",
                .kind = ValueKind::real,
                .unit = "",
                .min = 1e-9,
                .max = 1e9,
                .choices = {}});
}

StackConfig stack_config(const Settings& settings) {
  return {.method = settings.text("stack.method"), .c = settings.real("stack.c")};
}

}  // namespace foldwave::ensemble
