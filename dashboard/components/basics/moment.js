import { Stamp } from "th-shared";

export default { components: { Stamp }, props: ["at"], template: /* HTML */ `<stamp :at="at" />` };
