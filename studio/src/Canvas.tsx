/** The graph with its ports and wires. Positions come from the server, which lays graphs out. */

import {
  Background,
  BaseEdge,
  type Connection,
  Controls,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
} from "@xyflow/react";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Box, Drawn, GraphNode, Pin, Registry, Wire } from "./types";
import { knobText } from "./values";

export type Selection = { nodes: number[]; edges: number[] };

interface Props {
  drawn: Drawn;
  registry: Registry;
  selected: Selection | null;
  select: (selection: Selection) => void;
  change?: (change: object) => void;
}

type BoxData = { box: Box; node: GraphNode; registry: Registry; place: number };
type BoxNode = Node<BoxData, "box">;
type WireEdge = Edge<{ wire: Wire }, "wire">;

const TITLE = 24;
const ROW = 16;

function describe({ box, node, place }: BoxData): string {
  const sure = box.certainty ? `, ${box.certainty.word} ${Math.round(100 * box.certainty.probability)} %` : "";
  return `${place}: ${node.kind}${node.name ? ` ${node.name}` : ""}${sure}`;
}

function Pins({ pins, way }: { pins: Pin[]; way: "in" | "out" }) {
  return pins.map((pin) => (
    <Handle
      key={pin.name}
      id={pin.name}
      type={way === "in" ? "target" : "source"}
      position={way === "in" ? Position.Left : Position.Right}
      className={`pin ${pin.signal}`}
      style={{ top: pin.y }}
      title={`${pin.name}, ${pin.signal} ${way}`}
    />
  ));
}

function BoxView({ data, selected }: NodeProps<BoxNode>) {
  const { box, node, registry } = data;
  const kind = registry.kinds[node.kind];
  const rows = box.compact ? [] : (kind?.parameters ?? []);
  return (
    <div
      class={`box${selected ? " selected" : ""}${box.compact ? " compact" : ""}`}
      style={{ width: `${box.width}px`, height: `${box.height}px`, "--family": box.colour }}
    >
      <div class="title" style={{ height: `${box.compact ? box.height : TITLE}px` }}>
        <span>{box.title}</span>
        {box.certainty && (
          <span class={`word ${box.certainty.word}`}>
            {box.certainty.word} {Math.round(100 * box.certainty.probability)} %
          </span>
        )}
      </div>
      {rows.length > 0 && (
        <div class="rows" style={{ gridAutoRows: `${ROW}px` }}>
          {rows.map((knob) => (
            <div class="knob-row" key={knob.name}>
              <span>{knob.label}</span>
              <span>{knobText(knob, node.parameters?.[knob.name] ?? knob.default)}</span>
            </div>
          ))}
        </div>
      )}
      <Pins pins={box.inlets} way="in" />
      <Pins pins={box.outlets} way="out" />
    </div>
  );
}

function pathOf(points: [number, number][]): string {
  const parts = points.map(([x, y], place) => {
    const before = points[place - 1];
    if (!before) return `M${x} ${y}`;
    if (Math.abs(before[0] - x) < 0.01 || Math.abs(before[1] - y) < 0.01) return `L${x} ${y}`;
    const middle = (before[0] + x) / 2;
    return `C${middle} ${before[1]} ${middle} ${y} ${x} ${y}`;
  });
  return parts.join("");
}

function WireView({ data }: EdgeProps<WireEdge>) {
  if (!data) return null;
  const { points, label } = data.wire;
  return (
    <>
      <BaseEdge path={pathOf(points)} interactionWidth={18} />
      {label && (
        <EdgeLabelRenderer>
          <span
            class="gain"
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          >
            {label.text}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

const nodeTypes = { box: BoxView };
const edgeTypes = { wire: WireView };

export function Canvas({ drawn, registry, selected, select, change }: Props) {
  const flow = useRef<ReactFlowInstance<BoxNode, WireEdge> | null>(null);
  const { graph, boxes, wires } = drawn;
  const nodes = useMemo<BoxNode[]>(
    () =>
      graph.nodes.map((node, place) => {
        const box = boxes[place] as Box;
        const data = { box, node, registry, place };
        return {
          id: String(place),
          type: "box",
          position: { x: box.x, y: box.y },
          width: box.width,
          height: box.height,
          selected: selected?.nodes.includes(place) ?? false,
          ariaLabel: describe(data),
          data,
        };
      }),
    [graph, boxes, registry, selected],
  );
  const edges = useMemo<WireEdge[]>(
    () =>
      graph.edges.flatMap((edge, place) => {
        const wire = wires[place];
        return wire ? [{
        id: String(place),
        type: "wire" as const,
        source: String(edge.source),
        target: String(edge.target),
        sourceHandle: edge.outlet,
        targetHandle: edge.inlet,
        selected: selected?.edges.includes(place) ?? false,
        className: wire.signal,
        ariaLabel: `wire from ${edge.source} ${edge.outlet} to ${edge.target} ${edge.inlet}`,
        data: { wire },
      }] : [];
      }),
    [graph, wires, selected],
  );
  const shape = `${boxes.length} ${drawn.width} ${drawn.height}`;
  useEffect(() => {
    const timer = setTimeout(() => void flow.current?.fitView({ padding: 0.06, maxZoom: 1.1 }), 30);
    return () => clearTimeout(timer);
  }, [shape]);

  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const fit = () => void flow.current?.fitView({ padding: 0.06, maxZoom: 1.1 });
    const observer = new ResizeObserver(fit);
    if (frame.current) observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);

  const wire = (connection: Connection) => ({
    source: Number(connection.source),
    target: Number(connection.target),
    outlet: connection.sourceHandle,
    inlet: connection.targetHandle,
  });
  const fits = (connection: Connection | WireEdge) => {
    const outlet = boxes[Number(connection.source)]?.outlets.find((pin) => pin.name === connection.sourceHandle);
    const inlet = boxes[Number(connection.target)]?.inlets.find((pin) => pin.name === connection.targetHandle);
    return outlet !== undefined && outlet.signal === inlet?.signal;
  };
  return (
    <div class="frame" ref={frame}>
      <ReactFlow<BoxNode, WireEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={(instance) => {
          flow.current = instance;
        }}
        onNodeClick={(event, node) => {
          const more = event.shiftKey && selected ? selected.nodes : [];
          select({ nodes: [...more, Number(node.id)], edges: [] });
        }}
        onEdgeClick={(_, edge) => select({ nodes: [], edges: [Number(edge.id)] })}
        onPaneClick={() => select({ nodes: [], edges: [] })}
        onNodesChange={(changes) => {
          const chosen = changes.find((each) => each.type === "select" && each.selected);
          if (chosen && "id" in chosen && !selected?.nodes.includes(Number(chosen.id)))
            select({ nodes: [Number(chosen.id)], edges: [] });
        }}
        {...(change && {
          onConnect: (connection: Connection) => change({ action: "connect", ...wire(connection) }),
          onReconnect: (edge: WireEdge, connection: Connection) =>
            change({ action: "reconnect", edge: Number(edge.id), ...wire(connection) }),
        })}
        isValidConnection={fits}
        edgesReconnectable={change !== undefined}
        nodesConnectable={change !== undefined}
        nodesDraggable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode="Shift"
        minZoom={0.1}
        maxZoom={2.5}
        fitView
        fitViewOptions={{ padding: 0.06, maxZoom: 1.1 }}
        aria-label="Processing graph"
      >
        <Background gap={22} size={1} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}
