import { Icon, Words } from "th-shared";

const WORD = { yes: "yes", no: "no", unknown: "unknown", unasked: "not asked" };

const Verdict = {
  components: { Icon },
  props: ["verdict"],
  data: () => ({ words: WORD }),
  template: /* HTML */ `<span class="th-verdict" :class="'is-' + verdict"
    ><icon :name="verdict" />{{ words[verdict] }}</span
  >`,
};

// A part of a condition, with its own parts below.
const Part = {
  name: "Part",
  components: { Verdict, Words },
  props: ["node"],
  template: /* HTML */ ` <li class="th-part">
    <div class="th-part-line">
      <code class="th-part-text">{{ node.text }}</code>
      <template v-if="node.substituted !== node.text"
        ><span class="th-arrow" aria-hidden="true">→</span
        ><code class="th-part-values">{{ node.substituted }}</code></template
      >
      <span class="th-part-end"
        ><span class="th-arrow" aria-hidden="true">→</span><verdict v-if="node.verdict" :verdict="node.verdict" /><code
          v-else
          class="th-part-value"
          >{{ node.value }}</code
        ></span
      >
    </div>
    <p v-if="node.unknown" class="th-part-why"><words :text="node.unknown" /></p>
    <ul v-if="node.children.length">
      <part v-for="(child, i) in node.children" :key="i" :node="child" />
    </ul>
  </li>`,
};

export default {
  components: { Icon, Words, Verdict, Part },
  props: ["gates"],
  template: /* HTML */ ` <ol class="th-trace" aria-label="Why">
    <li
      v-for="gate in gates"
      :key="gate.gate"
      class="th-gate"
      :class="['is-' + gate.verdict, { 'is-stopper': gate.stopper }]"
    >
      <span class="th-gate-mark" aria-hidden="true"><icon :name="gate.verdict" /></span>
      <div class="th-gate-head">
        <span class="th-gate-name">{{ gate.label }}</span><verdict :verdict="gate.verdict" />
      </div>
      <p class="th-gate-reason"><words :text="gate.reason" /></p>
      <div v-if="gate.rows.length" class="th-gate-scroll">
        <table class="th-trace-table">
          <caption class="th-hidden">
            Filters
          </caption>
          <thead>
            <tr>
              <th scope="col">Attribute</th>
              <th scope="col">Asked</th>
              <th scope="col">Found</th>
              <th scope="col">Holds</th>
            </tr>
          </thead>
          <tbody>
            <tr v-for="(row, i) in gate.rows" :key="i">
              <td data-label="Attribute"><code>{{ row.field }}</code></td>
              <td data-label="Asked">
                <span>{{ row.operator }} <code v-if="row.value !== null">{{ row.value }}</code></span>
              </td>
              <td data-label="Found">
                <code v-if="row.found !== null">{{ row.found }}</code
                ><span v-else class="th-missing">no such field</span>
              </td>
              <td data-label="Holds"><verdict :verdict="row.holds ? 'yes' : 'no'" /></td>
            </tr>
          </tbody>
        </table>
      </div>
      <ul v-if="gate.tree" class="th-tree">
        <part :node="gate.tree" />
      </ul>
    </li>
  </ol>`,
};
